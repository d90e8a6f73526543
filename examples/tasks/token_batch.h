// What the tasks on token sequences have in common: tokens in, one or more answers a position out.
#pragma once

#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::inline HEED_REAL::tasks {

// The label of a position that is not asked.
inline constexpr std::int32_t not_asked = -100;

struct TokenBatch {
  // One or more tokens a position, each from its own vocabulary; their embeddings are added. (B, T)
  // each.
  std::vector<Indices> inputs;
  // The right answers, several a position where a task asks several things. (B, T, groups).
  Indices labels;
};

// The sizes that a model must know, and the generator of samples.
struct TokenTask {
  std::vector<Index> vocabularies;  // one an input
  Index length = 0;                 // T
  Index groups = 1;                 // answers a position
  Index answers = 0;                // classes of each answer
  bool positions = true;            // whether the model gets learned positions
  // The position that alone tells the answer to question `group` at position i, -1 where nothing is
  // asked; null where it depends on the content.
  Index (*source)(Index i, Index group) = nullptr;
  TokenBatch (*draw)(Index batch, Generator& rng) = nullptr;
};

}  // namespace heed::inline HEED_REAL::tasks
