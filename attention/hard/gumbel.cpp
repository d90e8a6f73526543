#include "attention/hard/gumbel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/hard/choice.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

void require_positive(double tau) {
  if (tau > 0) return;
  throw ValueError(fmt::format("[gumbel] tau must be positive: {}", tau));
}

// A 1 at the largest weight of each row, with the gradient of the weights. A row of zeros, where
// nothing is visible, stays one.
Tensor rounded(const Tensor& relaxed) {
  if (relaxed.dim(-1) == 0) return relaxed;
  const Tensor best = one_hot(argmax(relaxed, -1), relaxed.dim(-1));
  return straight_through(relaxed, where(relaxed > 0, best, 0.0));
}

}  // namespace

Tensor with_gumbel_noise(const Tensor& scores, Generator& rng) {
  std::vector<Real> noise;
  noise.reserve(static_cast<std::size_t>(scores.size()));
  for (Index i = 0; i < scores.size(); ++i) {
    const double u = std::max(rng.uniform(), std::numeric_limits<double>::min());
    noise.push_back(static_cast<Real>(-std::log(-std::log(u))));
  }
  return scores + Tensor(scores.shape(), noise);
}

Tensor gumbel_softmax(const Tensor& scores, const Mask& visible, double tau, Generator& rng) {
  require_positive(tau);
  return softmax_over(with_gumbel_noise(scores, rng) / tau, visible);
}

Tensor straight_through(const Tensor& soft, const Tensor& hard) {
  return hard.detach() + (soft - soft.detach());  // the bracket is 0 exactly
}

Gumbel::Gumbel(const GumbelOptions& options, Generator& rng)
    : options_(options),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(options.straight_through ? "straight-through" : "gumbel",
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .packed = false,
                                                   .output = false},
                                 rng)) {
  require_positive(options.tau);
}

Mixed Gumbel::mix(const MixerInput& input) const {
  const auto [q, k, v, mask] = project_.by_heads(input, pattern_);
  const Tensor scores = shifted(scaled_dot(q, k));  // (B, H, T, S)
  Tensor weights;
  if (training()) {
    weights = gumbel_softmax(scores, mask, options_.tau, draws());
    if (options_.straight_through) weights = rounded(weights);
  } else {
    weights = strongest(scores, mask).weights;
  }
  publish_map("gumbel", weights);
  return {.y = project_.merge(combine(weights, v))};  // (B, T, C)
}

namespace {

MixerTraits traits(std::vector<Exemption> exempt, decltype(MixerTraits::make) make) {
  return {.can = {.causal = true, .padding = true, .cross = true, .map = true, .variable = true},
          .exempt = std::move(exempt),
          .pattern = full_or_causal,
          .make = make};
}

template <bool straight>
std::unique_ptr<Mixer> built(const MixerShape& shape, const OptionValues& options,
                             Generator& rng) {
  return std::make_unique<Gumbel>(GumbelOptions{.width = shape.width,
                                                .heads = shape.heads,
                                                .causal = shape.causal,
                                                .tau = options["tau"],
                                                .straight_through = straight},
                                  rng);
}

}  // namespace

Mechanism gumbel_entry() {
  return {.name = "gumbel",
          .title = "Gumbel-softmax attention",
          .what = "A relaxed draw of one key, through which gradients flow.",
          .paper = "Jang et al. 2016, arXiv 1611.01144; Maddison et al. 2016, arXiv 1611.00712",
          .file = "attention/hard/gumbel.h",
          .limit = "gumbel_when_cold_draws_from_the_softmax",
          .options = {{"tau", 1, "temperature of the relaxation"}},
          .mixer = traits({{"U12", "in evaluation it is the best key at any temperature"}},
                          built<false>),
          .reductions = {{.to = "hard",
                          .when = "tau -> 0",
                          .reason = "the largest noisy score is a draw from the softmax",
                          .test = "gumbel_when_cold_draws_from_the_softmax"}}};
}

Mechanism straight_through_entry() {
  return {.name = "straight-through",
          .title = "Straight-through attention",
          .what = "A hard draw forward, the gradient of the relaxed one backward.",
          .paper = "Bengio et al. 2013, arXiv 1308.3432; Jang et al. 2016, arXiv 1611.01144",
          .file = "attention/hard/gumbel.h",
          .limit = "gumbel_when_cold_draws_from_the_softmax",
          .options = {{"tau", 1, "temperature of the relaxation"}},
          .mixer = traits({{"U1", "in training the gradient is another function's by design"},
                           {"U12", "in evaluation it is the best key at any temperature"}},
                          built<true>),
          .reductions = {{.to = "hard",
                          .when = "in evaluation",
                          .reason = "both take the best key"}}};
}

}  // namespace heed::inline HEED_REAL::attention
