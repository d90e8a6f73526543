// A decoder-only Transformer that predicts the next token.
// Radford et al. 2019, "Language models are unsupervised multitask learners"; sizes, names and
// initial weights after nanoGPT (Karpathy 2022), with biases and with an output matrix of its own
// (untied).
//
//   x = wte[ids] + wpe[0 ... T-1];   x = layers.i(x), pre-norm;   logits = lm_head(norm(x))
//
// Parameters: wte.weight (V, C), wpe.weight (context, C), layers.N.* as in attention/block.h,
// norm.weight, norm.bias (C), lm_head.weight (V, C).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attention/block.h"
#include "autograd/indices.h"
#include "nn/module.h"

namespace heed::inline HEED_REAL {

namespace nn {
class Embedding;
class LearnedPositions;
}  // namespace nn

struct GptOptions {
  Index vocabulary = 0;
  Index context = 64;
  Index width = 128;
  Index layers = 4;
  Index heads = 4;
  // Makes the mixer of a layer, causal and of this width; unset: MultiHead. What it has beside the
  // projections that all mechanisms share starts as it comes.
  std::function<std::unique_ptr<attention::Mixer>(Generator& rng)> mixer = {};
  bool cache = true;  // the mixer can go on from a state
};

// What the layers remember of the tokens that went by, so that decoding reads each token once.
using GptState = std::vector<attention::MixerState>;

struct GptOutput {
  Tensor logits;          // (B, T, V)
  Tensor auxiliary = {};  // a scalar to add to the loss; undefined: none
};

class Gpt : public nn::Module {
 public:
  using State = GptState;

  // Weights N(0, 0.02^2), those that end a residual branch divided by sqrt(2 layers); biases 0.
  // Throws ValueError unless heads divide the width.
  Gpt(const GptOptions& options, Generator& rng);

  // ids (B, T), T <= context -> logits (B, T, V); row t depends on ids 0 ... t only. Throws
  // ShapeError on another rank or a longer text, ValueError on an id outside the vocabulary.
  Tensor operator()(const Indices& ids) const;
  // The same with what the mixers want to see added to the loss.
  GptOutput forward(const Indices& ids) const;
  // The same for ids that follow what `state` has seen (empty: nothing); notes them there.
  Tensor operator()(const Indices& ids, GptState& state) const;
  // The name of the first layer whose output holds a NaN or an infinity; empty: none.
  std::string first_nonfinite(const Indices& ids) const;

  const GptOptions& options() const { return options_; }

 private:
  std::vector<attention::EncoderBlock*> make_layers(Generator& rng);
  void initialise(const Generator& rng);

  GptOptions options_;
  nn::Embedding& wte_;
  nn::LearnedPositions& wpe_;
  std::vector<attention::EncoderBlock*> layers_;
  nn::LayerNorm& norm_;
  nn::Linear& lm_head_;
};

}  // namespace heed::inline HEED_REAL
