#include "attention/block.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

BlockOptions completed(const char* block, BlockOptions options) {
  if (options.width < 1 || options.hidden < 0) {
    throw ValueError(fmt::format("[{}] needs a width, and hidden >= 0: got {} and {}", block,
                                 options.width, options.hidden));
  }
  if (options.hidden == 0) options.hidden = 4 * options.width;
  return options;
}

nn::LayerNormOptions norms(const BlockOptions& options) { return {.eps = options.eps}; }

// x + branch(norm(x)), or norm(x + branch(x)).
template <class Branch>
Tensor residual(const BlockOptions& options, const nn::LayerNorm& norm, const Tensor& x,
                Branch&& branch) {
  return options.norm_first ? x + branch(norm(x)) : norm(x + branch(x));
}

}  // namespace

EncoderBlock::EncoderBlock(const BlockOptions& options, std::unique_ptr<Mixer> self_attention,
                           Generator& rng)
    : options_(completed("EncoderBlock", options)),
      self_attn_(adopt("self_attn", std::move(self_attention))),
      linear1_(child<nn::Linear>("linear1", options_.width, options_.hidden, rng)),
      linear2_(child<nn::Linear>("linear2", options_.hidden, options_.width, rng)),
      norm1_(child<nn::LayerNorm>("norm1", options_.width, norms(options_))),
      norm2_(child<nn::LayerNorm>("norm2", options_.width, norms(options_))),
      dropout_(child<nn::Dropout>("dropout", options_.dropout)),
      dropout1_(child<nn::Dropout>("dropout1", options_.dropout)),
      dropout2_(child<nn::Dropout>("dropout2", options_.dropout)) {}

Tensor EncoderBlock::operator()(const Tensor& x, const Mask& mask) const {
  return (*this)(MixerInput{.x = x, .mask = mask}).y;
}

Mixed EncoderBlock::operator()(const MixerInput& input) const {
  Mixed mixed;
  const Tensor x = residual(options_, norm1_, input.x, [&](const Tensor& h) {
    MixerInput inner = input;
    inner.x = h;
    mixed = self_attn_.mix(inner);
    return dropout1_(mixed.y);
  });
  mixed.y = residual(options_, norm2_, x, [&](const Tensor& h) {
    return dropout2_(linear2_(dropout_(options_.activation(linear1_(h)))));
  });
  return mixed;
}

DecoderBlock::DecoderBlock(const BlockOptions& options, std::unique_ptr<Mixer> self_attention,
                           std::unique_ptr<Mixer> cross_attention, Generator& rng)
    : options_(completed("DecoderBlock", options)),
      self_attn_(adopt("self_attn", std::move(self_attention))),
      multihead_attn_(adopt("multihead_attn", std::move(cross_attention))),
      linear1_(child<nn::Linear>("linear1", options_.width, options_.hidden, rng)),
      linear2_(child<nn::Linear>("linear2", options_.hidden, options_.width, rng)),
      norm1_(child<nn::LayerNorm>("norm1", options_.width, norms(options_))),
      norm2_(child<nn::LayerNorm>("norm2", options_.width, norms(options_))),
      norm3_(child<nn::LayerNorm>("norm3", options_.width, norms(options_))),
      dropout_(child<nn::Dropout>("dropout", options_.dropout)),
      dropout1_(child<nn::Dropout>("dropout1", options_.dropout)),
      dropout2_(child<nn::Dropout>("dropout2", options_.dropout)),
      dropout3_(child<nn::Dropout>("dropout3", options_.dropout)) {}

std::string DecoderBlock::remark() const {
  if (self_attn_.causal()) return {};
  return "self-attention sees later positions; a model that writes from left to right needs a "
         "causal one";
}

Tensor DecoderBlock::operator()(const Tensor& x, const Tensor& memory,
                                const Mask& memory_mask) const {
  return (*this)(DecoderInput{.x = x, .memory = memory, .memory_mask = memory_mask}).y;
}

Decoded DecoderBlock::operator()(const DecoderInput& input) const {
  Decoded mixed;
  const Tensor x = residual(options_, norm1_, input.x, [&](const Tensor& h) {
    static_cast<Mixed&>(mixed) = self_attn_.mix({.x = h, .mask = input.mask, .state = input.state});
    return dropout1_(mixed.y);
  });
  const Tensor looked = residual(options_, norm2_, x, [&](const Tensor& h) {
    const Mixed crossed = multihead_attn_.mix(
        {.x = h, .context = input.memory, .mask = input.memory_mask, .state = input.memory_state});
    mixed.memory_state = crossed.state;
    if (crossed.auxiliary.defined()) {
      mixed.auxiliary =
          mixed.auxiliary.defined() ? mixed.auxiliary + crossed.auxiliary : crossed.auxiliary;
    }
    return dropout2_(crossed.y);
  });
  mixed.y = residual(options_, norm3_, looked, [&](const Tensor& h) {
    return dropout3_(linear2_(dropout_(options_.activation(linear1_(h)))));
  });
  return mixed;
}

}  // namespace heed::inline HEED_REAL::attention
