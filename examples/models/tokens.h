// What the tasks on token sequences have in common: tokens in, one or more answers a position out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/study/chance.h"

namespace heed::models {

// The label of a position that is not asked.
inline constexpr std::int32_t not_asked = -100;

struct TokenBatch {
  // One or more tokens a position, each from its own vocabulary; their embeddings are added. (B, T)
  // each.
  std::vector<Indices> inputs;
  // The right answers, several a position where a task asks several things. (B, T, groups).
  Indices labels;
};

// Some of the questions, counted apart: those at positions for which `here` is true.
struct Questions {
  std::string name;
  bool (*here)(Index position) = nullptr;
};

// The sizes that a model must know, and the generator of samples.
struct Tokens {
  std::vector<Index> vocabularies;  // one an input
  Index length = 0;                 // T
  Index groups = 1;                 // answers a position
  Index answers = 0;                // classes of each answer
  bool positions = true;            // whether the model gets learned positions
  bool whole = false;               // the score counts sequences without a mistake, not answers
  TokenBatch (*draw)(const Tokens& tokens, Index batch, Generator& rng) = nullptr;
  std::optional<study::Sources> sources = {};
  std::vector<Questions> apart = {};  // reported instead of the share of whole sequences
};

// Copying: uniform tokens, each question answered by the token at its source, `of` as in
// study::Sources.
Tokens copying(Index length, Index values, Index groups, Index (*of)(Index i, Index group));

// Of the questions asked, the share answered right, and the share of samples without a mistake.
struct Accuracy {
  Index asked = 0, right = 0, samples = 0, faultless = 0;
  void count(const Tensor& logits, const Indices& labels);
  double share() const { return static_cast<double>(right) / static_cast<double>(asked); }
  double faultless_share() const {
    return static_cast<double>(faultless) / static_cast<double>(samples);
  }
};

}  // namespace heed::models
