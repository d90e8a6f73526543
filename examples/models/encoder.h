// The model of the tasks on token sequences: embeddings, blocks around a mechanism, answers at
// every position; and the study that trains it.
#pragma once

#include <utility>

#include "attention/block.h"
#include "examples/models/tokens.h"
#include "examples/study/study.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/positions.h"

namespace heed::models {

// Embeddings and positions start from N(0, 0.5^2).
inline constexpr double embedding_deviation = 0.5;

class Encoder : public nn::Module {
 public:
  Encoder(const Tokens& tokens, const study::Setup& setup, Generator& rng);

  // inputs (B, T) each -> logits (B, T, groups, answers), and the auxiliary losses of the blocks. T
  // may be shorter than the task's length.
  attention::Mixed operator()(const std::vector<Indices>& inputs) const;
  // The same for the next segment of a text, whose earlier ones are in the states, one a block;
  // none at the start of a text. Of a task without positions.
  attention::Mixed operator()(const std::vector<Indices>& inputs,
                              std::vector<attention::MixerState>& states) const;

 private:
  attention::Mixed run(const std::vector<Indices>& inputs,
                       std::vector<attention::MixerState>* states) const;

  Index groups_, answers_;
  std::vector<nn::Embedding*> embeddings_;
  nn::LearnedPositions* positions_ = nullptr;
  nn::SinusoidalPositions* sinusoids_ = nullptr;
  std::vector<attention::EncoderBlock*> blocks_;
  nn::LayerNorm& norm_;
  nn::Linear& head_;
};

class TokenStudy : public study::Study {
 public:
  TokenStudy(Tokens tokens, const study::Setup& setup, Generator& rng);

  void draw(Index count, study::Split split, Generator& rng) override;
  study::Samples samples() const override { return batch_.inputs[0]; }
  Tensor loss() override;
  double score() const override;
  study::Details details() const override;
  std::vector<study::DrawnMap> look() const override;

  const TokenBatch& batch() const { return batch_; }

 protected:
  const Encoder& model() const { return model_; }
  // The model's answers to a batch: in one pass, unless a task says otherwise.
  virtual attention::Mixed answer(const std::vector<Indices>& inputs) const {
    return model_(inputs);
  }
  // What a position of the first sample is called in a map.
  virtual std::string name_of(Index position) const;
  Accuracy accuracy() const;

  void take(TokenBatch batch) { batch_ = std::move(batch); }

 private:
  Tokens tokens_;
  TokenBatch batch_;
  Encoder& model_;
};

// How the record of such a task makes it.
template <Tokens (*tokens)()>
std::unique_ptr<study::Study> token_study(const study::Setup& setup, Generator& rng) {
  return std::make_unique<TokenStudy>(tokens(), setup, rng);
}

}  // namespace heed::models
