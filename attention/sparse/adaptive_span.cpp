#include "attention/sparse/adaptive_span.h"

#include <fmt/format.h>

#include <cmath>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "adaptive";
constexpr Real start = 3;  // sigmoid(3) = 0.95

const AdaptiveSpanOptions& checked(const AdaptiveSpanOptions& options) {
  if (options.most < 1) {
    throw ValueError(fmt::format("[{}] the longest span must be at least 1: {}\nhint: the longest "
                                 "sequence that it will meet",
                                 name, options.most));
  }
  if (options.ramp > 0 && options.price >= 0) return options;
  throw ValueError(fmt::format("[{}] ramp must be positive and price not negative: {}, {}", name,
                               options.ramp, options.price));
}

}  // namespace

Tensor span_ramp(const Tensor& spans, double ramp, Index queries, Index keys) {
  std::vector<Real> apart;
  for (Index i = 0; i < queries; ++i) {
    for (Index j = 0; j < keys; ++j) {
      apart.push_back(static_cast<Real>(std::abs(i + keys - queries - j)));
    }
  }
  const Tensor reach = reshape(spans, {spans.size(), 1, 1}) + ramp;
  return clamp((reach - Tensor({queries, keys}, apart)) / ramp, 0, 1);  // (H, T, S)
}

AdaptiveSpan::AdaptiveSpan(const AdaptiveSpanOptions& options, Generator& rng)
    : options_(checked(options)),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused,
                                                   .cache = options.causal},
                                 rng)),
      distance_(child<nn::RelativeVectors>("distance", options.most, options.width / options.heads,
                                           rng)),
      span_(param("span", Tensor::full({options.heads}, start))) {}

Tensor AdaptiveSpan::spans() const {
  return sigmoid(span_) * static_cast<double>(options_.most);
}

Mixed AdaptiveSpan::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);  // (B, H, T or S, D)
  const Index queries = q.dim(2), keys = k.dim(2);
  const double scale = 1 / std::sqrt(static_cast<double>(q.dim(3)));
  const Tensor scores = shifted((dot(q, k) + distance_.scores(q, keys)) * scale);  // (B, H, T, S)
  const Tensor z = spans();
  const Tensor ramp = span_ramp(z, options_.ramp, queries, keys);
  const Mask near = ramp > 0, seen = visible(pattern_, input, keys);
  const Tensor weights = softmax_over(scores + log(where(near, ramp, 1.0)),
                                      seen.defined() ? seen & near : near);
  publish_map(name, weights);
  return {.y = project_.merge(combine(weights, v)),
          .state = at.state,
          .auxiliary = sum(z) * options_.price};
}

Mechanism adaptive_span_entry() {
  return {.name = name,
          .title = "Adaptive span attention",
          .what = "Each head learns how far back it looks, and pays for every position.",
          .paper = "Sukhbaatar et al. 2019, arXiv 1905.07799",
          .file = "attention/sparse/adaptive_span.h",
          .limit = "adaptive_span_of_all_is_full",
          .aliases = {"adaptive-span"},
          .options = {{"most", 0, "S, the longest span; 0: the longest sequence"},
                      {"ramp", 4, "R, positions over which weights fade"},
                      {"price", 1e-3, "of a position of span, in the loss"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "spans and the vectors of the distances depend on the order"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index most = options.whole("most");
                return std::make_unique<AdaptiveSpan>(
                    AdaptiveSpanOptions{.width = shape.width,
                                        .heads = shape.heads,
                                        .causal = shape.causal,
                                        .most = most == 0 ? shape.length : most,
                                        .ramp = options["ramp"],
                                        .price = options["price"]},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "span >= T, no vectors of distances",
                          .reason = "the ramp is 1 over all keys",
                          .held = {{"span", 60}, {"distance.weight", 0}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
