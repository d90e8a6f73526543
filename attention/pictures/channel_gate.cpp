#include "attention/pictures/channel_gate.h"

#include <algorithm>
#include <utility>

#include "attention/entries.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

Index hidden(const std::string& name, Index channels, Index reduction) {
  nn::check_positive(name.c_str(), {{"channels", channels}, {"reduction", reduction}});
  return std::max<Index>(1, channels / reduction);
}

}  // namespace

ChannelGate::ChannelGate(std::string name, Index channels, Generator& rng,
                         const ChannelGateOptions& options)
    : name_(std::move(name)),
      options_(options),
      fc1_(child<nn::Linear>("fc1", channels, hidden(name_, channels, options.reduction), rng)),
      fc2_(child<nn::Linear>("fc2", hidden(name_, channels, options.reduction), channels, rng)) {}

Tensor ChannelGate::operator()(const Tensor& x) const {
  const Index channels = fc1_.weight().dim(1);
  nn::check_shape(name_.c_str(), "x", x, "(B, C, H, W)", {-1, channels, -1, -1});
  const auto scored = [&](const Tensor& pooled) { return fc2_(relu(fc1_(pooled))); };
  Tensor score = scored(mean(x, {2, 3}));  // (B, C)
  if (options_.maximum) score = score + scored(max(x, {2, 3}));
  const Tensor gate = sigmoid(score);
  publish_map(name_.c_str(), reshape(gate, {x.dim(0), 1, 1, channels}));
  return reshape(gate, {x.dim(0), channels, 1, 1});
}

SqueezeExcitation::SqueezeExcitation(Index channels, Generator& rng,
                                     const SqueezeExcitationOptions& options)
    : gate_(part<ChannelGate>("se", channels, rng,
                              ChannelGateOptions{.reduction = options.reduction})) {}

Tensor SqueezeExcitation::operator()(const Tensor& x) const { return x * gate_(x); }

Mechanism se_entry() {
  return {.name = "se",
          .title = "Squeeze and excitation",
          .what = "The whole of a picture says how much of each channel passes.",
          .paper = "Hu et al. 2017, arXiv 1709.01507",
          .file = "attention/pictures/channel_gate.h",
          .limit = "gates_without_weights_are_one_half",
          .options = {{"reduction", 16, "channels a hidden number"}},
          .reductions = {{.to = "half of the picture",
                          .when = "all weights are 0",
                          .reason = "sigmoid(0) = 1/2",
                          .test = "gates_without_weights_are_one_half"}}};
}

}  // namespace heed::inline HEED_REAL::attention
