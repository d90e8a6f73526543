#include "attention/sparse/local_predictive.h"

#include <cmath>

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/one_head.h"
#include "attention/scores.h"
#include "autograd/score_axes.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "local-p";

LocalPredictiveOptions completed(LocalPredictiveOptions options) {
  if (options.window < 1 || !(options.sigma >= 0)) {
    throw ValueError(
        fmt::format("[{}] the window must be at least 1 and sigma not negative: {}, {}", name,
                    options.window, options.sigma));
  }
  if (options.hidden == 0) options.hidden = options.query_width;
  if (options.sigma == 0) options.sigma = static_cast<double>(options.window) / 2;
  return options;
}

// 0, 1, ... count - 1.
Tensor counted(const Shape& shape) {
  std::vector<Real> values;
  for (Index i = 0; i < shape.size(); ++i) values.push_back(static_cast<Real>(i));
  return Tensor(shape, values);
}

// How many keys each query sees.
Tensor visible_keys(const Mask& visible, Index keys) {
  if (!visible.defined()) return Tensor::scalar(static_cast<Real>(keys));
  const Tensor ones = to_tensor(visible);
  const Shape over_keys = ones.rank() == 0 ? Shape{keys} : ones.shape().with(-1, keys);
  return sum(expand(ones, over_keys), {-1}, true);  // (..., T, 1)
}

}  // namespace

Tensor local_monotonic(const Tensor& scores, Index window, const Mask& visible) {
  const double no_bell = std::numeric_limits<double>::infinity();
  return local_around(scores, counted({scores.dim(-2), 1}), window, no_bell, visible);
}

Tensor local_around(const Tensor& scores, const Tensor& centres, Index window, double sigma,
                    const Mask& visible) {
  const Tensor offset = counted({scores.dim(-1)}) - centres;  // (..., T, S)
  const Mask near = !(abs(offset) > static_cast<double>(window));
  const Tensor weights = softmax_over(scores, visible.defined() ? visible & near : near);
  return std::isinf(sigma) ? weights : weights * exp(square(offset) * (-1 / (2 * sigma * sigma)));
}

LocalPredictive::LocalPredictive(const LocalPredictiveOptions& options, Generator& rng)
    : options_(completed(options)),
      key_(child<nn::Linear>("key", options_.memory_width, options_.query_width, rng,
                             nn::LinearOptions{.bias = false})),
      position_(child<nn::Linear>("position", options_.query_width, options_.hidden, rng,
                                  nn::LinearOptions{.bias = false})),
      score_(param("score", nn::fan_in_uniform({options_.hidden}, options_.hidden, rng))) {}

Tensor LocalPredictive::centres(const Tensor& h, const Tensor& lengths) const {
  const Tensor hidden = tanh(position_(h));                                    // (B, T, A)
  const Tensor guess = matmul(hidden, reshape(score_, {options_.hidden, 1}));  // (B, T, 1)
  return with_head(sigmoid(guess)) * lengths;                                  // (B, 1, T, 1)
}

Attended LocalPredictive::attend(const Tensor& h, const Tensor& memory, const Mask& visible) const {
  const Tensor scores = shifted(dot(with_head(h), with_head(key_(memory))));  // (B, 1, T, S)
  check_mask_over_scores(name, visible, scores.shape());
  const Tensor at = centres(h, visible_keys(visible, memory.dim(1)));
  const Tensor weights = local_around(scores, at, options_.window, options_.sigma, visible);
  return read_memory(name, weights, memory);
}

Mixed LocalPredictive::mix(const MixerInput& input) const {
  refuse_state(name, input);
  refuse_values(name, input);
  require_width(name, input, options_.query_width, options_.memory_width);
  const Tensor& memory = input.context.defined() ? input.context : input.x;
  return {.y = attend(input.x, memory, input.mask).y};
}

Mechanism local_predictive_entry() {
  return {.name = name,
          .title = "Predictive local attention (local-p)",
          .what = "Each query guesses where to look and reads a window there, under a bell.",
          .paper = "Luong et al. 2015, arXiv 1508.04025, equations 9 and 10",
          .file = "attention/sparse/local_predictive.h",
          .limit = "local_predictive_without_bell_is_global",
          .options = {{"window", 3, "D: positions seen to each side of the guess"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .cross = true, .map = true, .variable = true},
              .exempt = {{"U2", "the bell falls on the weights after the softmax"},
                         {"U4", "the guess is a place, not a token"},
                         {"U12", "window and bell stay at any temperature"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<LocalPredictive>(
                    LocalPredictiveOptions{.query_width = shape.width,
                                           .memory_width = shape.width,
                                           .window = options.whole("window")},
                    rng);
              }},
          .reductions = {{.to = "global",
                          .when = "window -> infinity",
                          .reason = "the window covers every key and the bell is flat",
                          .options = {{"window", 1e9}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
