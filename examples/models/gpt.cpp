#include "examples/models/gpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "attention/dense/multi_head.h"
#include "autograd/ops.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double deviation = 0.02;

std::unique_ptr<attention::Mixer> make_mixer(const GptOptions& options, Generator& rng) {
  if (options.mixer) return options.mixer(rng);
  return std::make_unique<attention::MultiHead>(
      attention::MultiHeadOptions{.width = options.width, .heads = options.heads, .causal = true},
      rng);
}

std::unique_ptr<attention::EncoderBlock> make_block(const GptOptions& options, Generator& rng) {
  auto mixer = make_mixer(options, rng);
  return std::make_unique<attention::EncoderBlock>(attention::BlockOptions{.width = options.width},
                                                   std::move(mixer), rng);
}

// Of a mixer, only the projections that all mechanisms share start as the GPT's.
bool starts_as_it_comes(const std::string& name) {
  return name.find(".self_attn.") != std::string::npos &&
         name.find(".in_proj_") == std::string::npos &&
         name.find(".out_proj.") == std::string::npos;
}

bool finite(const Tensor& x) {
  const auto values = x.values();
  return std::all_of(values.begin(), values.end(), [](Real v) { return std::isfinite(v); });
}

}  // namespace

Gpt::Gpt(const GptOptions& options, Generator& rng)
    : options_(options),
      wte_(child<nn::Embedding>("wte", options.vocabulary, options.width, rng)),
      wpe_(child<nn::LearnedPositions>("wpe", options.context, options.width, rng, deviation)),
      layers_(make_layers(rng)),
      norm_(child<nn::LayerNorm>("norm", options.width)),
      lm_head_(child<nn::Linear>("lm_head", options.width, options.vocabulary, rng,
                                 nn::LinearOptions{.bias = false})) {
  initialise(rng);
}

std::vector<attention::EncoderBlock*> Gpt::make_layers(Generator& rng) {
  std::vector<attention::EncoderBlock*> layers;
  for (Index i = 0; i < options_.layers; ++i) {
    layers.push_back(&adopt(fmt::format("layers.{}", i), make_block(options_, rng)));
  }
  return layers;
}

// Radford et al. 2019, section 2.3: what 2 layers branches add up to must not grow with their
// number.
void Gpt::initialise(const Generator& rng) {
  const double at_branch_end = deviation / std::sqrt(2.0 * static_cast<double>(options_.layers));
  for (const Parameter& p : parameters()) {
    if (starts_as_it_comes(p.name)) continue;
    if (p.name.ends_with("bias")) {
      p.value.assign(Tensor::zeros(p.value.shape()));
    } else if (p.value.rank() == 2) {
      const bool ends_branch =
          p.name.ends_with("out_proj.weight") || p.name.ends_with("linear2.weight");
      p.value.assign(
          rng.stream(p.name).normal(p.value.shape(), 0, ends_branch ? at_branch_end : deviation));
    }
  }
}

Tensor Gpt::operator()(const Indices& ids) const { return forward(ids).logits; }

GptOutput Gpt::forward(const Indices& ids) const {
  Tensor x = wpe_(wte_(ids));  // (B, T) -> (B, T, C)
  Tensor auxiliary;
  for (const attention::EncoderBlock* layer : layers_) {
    attention::Mixed mixed = (*layer)({.x = x});
    if (mixed.log_probability.defined() && training()) {
      throw ValueError(
          "[gpt] the mechanism draws where it looks and learns from a reward, which there is none "
          "of in predicting text");
    }
    if (mixed.auxiliary.defined()) {
      auxiliary = auxiliary.defined() ? auxiliary + mixed.auxiliary : mixed.auxiliary;
    }
    x = std::move(mixed.y);
  }
  return {lm_head_(norm_(x)), auxiliary};  // (B, T, C) -> (B, T, V)
}

Tensor Gpt::operator()(const Indices& ids, GptState& state) const {
  state.resize(layers_.size());
  Tensor x = wpe_(wte_(ids), state.front().seen);  // (B, T) -> (B, T, C)
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    attention::Mixed mixed = (*layers_[i])({.x = x, .state = std::move(state[i])});
    x = std::move(mixed.y);
    state[i] = std::move(*mixed.state);
  }
  return lm_head_(norm_(x));  // (B, T, C) -> (B, T, V)
}

std::string Gpt::first_nonfinite(const Indices& ids) const {
  const NoGrad no_grad;
  Tensor x = wte_(ids);
  if (!finite(x)) return "wte";
  x = wpe_(x);
  if (!finite(x)) return "wpe";
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    x = (*layers_[i])(x);
    if (!finite(x)) return fmt::format("layers.{}", i);
  }
  x = norm_(x);
  if (!finite(x)) return "norm";
  return finite(lm_head_(x)) ? "" : "lm_head";
}

}  // namespace heed::inline HEED_REAL
