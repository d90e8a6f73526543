// Transformer blocks around any Mixer, with the names of PyTorch's TransformerEncoderLayer and
// TransformerDecoderLayer: self_attn, multihead_attn, linear1, linear2, norm1, norm2, norm3.
//
//   pre-norm   x + mix(norm(x)), then x + mlp(norm(x))        Xiong et al. 2020, 2002.04745
//   post-norm  norm(x + mix(x)), then norm(x + mlp(x))        Vaswani et al. 2017, 1706.03762
//
// Dropout falls on each branch before it is added and inside the MLP; not on attention weights.
#pragma once

#include <memory>
#include <optional>

#include "attention/mixer.h"
#include "nn/dropout.h"
#include "nn/feed_forward.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct BlockOptions {
  Index width = 0;
  Index hidden = 0;        // of the MLP; 0: 4 * width
  bool norm_first = true;  // pre-norm
  nn::Activation activation = gelu;
  double dropout = 0;
  double eps = 1e-5;  // of the norms
};

class EncoderBlock : public nn::Module {
 public:
  EncoderBlock(const BlockOptions& options, std::unique_ptr<Mixer> self_attention, Generator& rng);

  // x (B, T, C) -> y (B, T, C).
  Tensor operator()(const Tensor& x, const Mask& mask = {}) const;
  // The same with state and auxiliary loss.
  Mixed operator()(const MixerInput& input) const;

  const Mixer& mixer() const { return self_attn_; }

 private:
  BlockOptions options_;
  Mixer& self_attn_;
  nn::Linear& linear1_;
  nn::Linear& linear2_;
  nn::LayerNorm& norm1_;
  nn::LayerNorm& norm2_;
  nn::Dropout& dropout_;
  nn::Dropout& dropout1_;
  nn::Dropout& dropout2_;
};

struct DecoderInput {
  Tensor x;                              // (B, T, C)
  Tensor memory;                         // (B, S, C): what the encoder made
  Mask mask = {};                        // of self-attention
  Mask memory_mask = {};                 // of cross-attention: broadcasts against (B, H, T, S)
  std::optional<MixerState> state = {};  // of self-attention
  // Of cross-attention, which must take one (MultiHeadOptions::cache_context): the memory is then
  // projected once, not anew for each token.
  std::optional<MixerState> memory_state = {};
};

struct Decoded : Mixed {
  std::optional<MixerState> memory_state = {};  // given when the input had one
};

class DecoderBlock : public nn::Module {
 public:
  // `self_attention` has to be causal for a model that writes from left to right; the block does
  // not add it.
  DecoderBlock(const BlockOptions& options, std::unique_ptr<Mixer> self_attention,
               std::unique_ptr<Mixer> cross_attention, Generator& rng);

  // x (B, T, C), memory (B, S, C) -> y (B, T, C).
  Tensor operator()(const Tensor& x, const Tensor& memory, const Mask& memory_mask = {}) const;
  // The same with states and auxiliary loss.
  Decoded operator()(const DecoderInput& input) const;
  // Says so where self-attention is not causal.
  std::string remark() const override;

 private:
  BlockOptions options_;
  Mixer& self_attn_;
  Mixer& multihead_attn_;
  nn::Linear& linear1_;
  nn::Linear& linear2_;
  nn::LayerNorm& norm1_;
  nn::LayerNorm& norm2_;
  nn::LayerNorm& norm3_;
  nn::Dropout& dropout_;
  nn::Dropout& dropout1_;
  nn::Dropout& dropout2_;
  nn::Dropout& dropout3_;
};

}  // namespace heed::inline HEED_REAL::attention
