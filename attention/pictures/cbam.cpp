#include "attention/pictures/cbam.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "cbam";

Index checked_window(Index window) {
  if (window >= 1 && window % 2 == 1) return window;
  throw ValueError(fmt::format("[{}] a window has a place in its middle, so its side is odd: {}",
                               name, window));
}

}  // namespace

SpatialGate::SpatialGate(Index window, Generator& rng)
    : conv_(child<nn::Conv2d>("conv", 2, 1, checked_window(window), rng,
                              nn::Conv2dOptions{.padding = window / 2})) {}

Tensor SpatialGate::operator()(const Tensor& x) const {
  nn::check_shape(name, "x", x, "(B, C, H, W)", {-1, -1, -1, -1});
  const Tensor gate = sigmoid(conv_(concat({mean(x, {1}, true), max(x, {1}, true)}, 1)));
  publish_map(name, gate);  // (B, 1, H, W)
  return gate;
}

Cbam::Cbam(Index channels, Generator& rng, const CbamOptions& options) {
  if (!options.channel && !options.spatial) {
    throw ValueError(fmt::format("[{}] there must be a gate for channels or for places", name));
  }
  if (options.channel) {
    channel_ = &child<ChannelGate>(
        "channel", name, channels, rng,
        ChannelGateOptions{.reduction = options.reduction, .maximum = true});
  }
  if (options.spatial) spatial_ = &child<SpatialGate>("spatial", options.window, rng);
}

Tensor Cbam::operator()(const Tensor& x) const {
  const Tensor of_channels = channel_ == nullptr ? x : x * (*channel_)(x);
  return spatial_ == nullptr ? of_channels : of_channels * (*spatial_)(of_channels);
}

Mechanism cbam_entry() {
  return {.name = name,
          .title = "Convolutional block attention (CBAM)",
          .what = "A picture says how much of each channel passes, then how much of each place.",
          .paper = "Woo et al. 2018, arXiv 1807.06521",
          .file = "attention/pictures/cbam.h",
          .limit = "gates_without_weights_are_one_half",
          .aliases = {"convolutional"},
          .options = {{"reduction", 16, "channels a hidden number"},
                      {"window", 7, "the side of the window of the spatial gate, odd"},
                      {"channel", 1, "0: no gate for channels"},
                      {"spatial", 1, "0: no gate for places"}},
          .reductions = {{.to = "a quarter of the picture",
                          .when = "all weights are 0",
                          .reason = "sigmoid(0) = 1/2, twice",
                          .test = "gates_without_weights_are_one_half"}}};
}

}  // namespace heed::inline HEED_REAL::attention
