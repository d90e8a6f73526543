// The model of the tasks on token sequences: embeddings, blocks around a mechanism, answers at
// every position.
#pragma once

#include "attention/block.h"
#include "attention/catalog.h"
#include "attention/maps.h"
#include "examples/tasks/task.h"
#include "examples/tasks/token_batch.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL::tasks {

// Embeddings and positions start from N(0, 0.5^2).
inline constexpr double embedding_deviation = 0.5;

class Encoder : public nn::Module {
 public:
  // `causal` asks the mechanism to look back only.
  Encoder(const TokenTask& task, const Settings& settings, const attention::Mechanism& mechanism,
          bool causal, Generator& rng);

  // inputs (B, T) each -> logits (B, T, groups, answers). T may be shorter than the task's length.
  Tensor operator()(const std::vector<Indices>& inputs) const;

 private:
  TokenTask task_;
  std::vector<nn::Embedding*> embeddings_;
  nn::LearnedPositions* positions_ = nullptr;
  std::vector<attention::EncoderBlock*> blocks_;
  nn::LayerNorm& norm_;
  nn::Linear& head_;
};

attention::MixerShape shape_of(const Settings& settings, bool causal);
// The mechanism of a catalog row, wrapped so that it can be switched off.
std::unique_ptr<attention::Mixer> make_mechanism(const attention::Mechanism& row,
                                                 const Settings& settings, bool causal,
                                                 Generator& rng);

// Of the questions asked, the share answered right, and the share of samples without a mistake.
struct Accuracy {
  Index asked = 0, right = 0, samples = 0, faultless = 0;
  void count(const Tensor& logits, const Indices& labels);
  double share() const { return static_cast<double>(right) / static_cast<double>(asked); }
  double faultless_share() const {
    return static_cast<double>(faultless) / static_cast<double>(samples);
  }
};

// The maps of the last forward pass made under `recorder`, of its first sample, with these names
// for rows and columns.
std::vector<DrawnMap> drawn_maps(const attention::MapRecorder& recorder,
                                 const std::vector<std::string>& rows,
                                 const std::vector<std::string>& columns);

}  // namespace heed::inline HEED_REAL::tasks
