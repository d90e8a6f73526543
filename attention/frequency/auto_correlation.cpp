#include "attention/frequency/auto_correlation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attention/core.h"
#include "attention/entries.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "auto-correlation";

const AutoCorrelationOptions& checked(const AutoCorrelationOptions& options) {
  if (options.lags >= 0 && options.factor > 0) return options;
  throw ValueError(fmt::format("[{}] needs a number of lags that is not negative and a factor "
                               "above 0: {} and {}",
                               name, options.lags, options.factor));
}

// The lags 0 ... count - 1 of R (B, H, T), with their values.
Sorted first_lags(const Tensor& r, Index count) {
  std::vector<std::int32_t> places;
  for (Index row = 0; row < r.dim(0) * r.dim(1); ++row) {
    for (Index lag = 0; lag < count; ++lag) places.push_back(static_cast<std::int32_t>(lag));
  }
  return {slice(r, 2, 0, count), Indices({r.dim(0), r.dim(1), count}, std::move(places))};
}

// From lags (B, H, m) to the rows of values (B H T, D) that each query reads: (B H, m, T).
Indices rows_read(const Indices& lags, Index length) {
  const Index series = lags.dim(0) * lags.dim(1), count = lags.dim(2);
  std::vector<std::int32_t> rows;
  rows.reserve(static_cast<std::size_t>(series * count * length));
  for (Index s = 0; s < series; ++s) {
    for (Index i = 0; i < count; ++i) {
      for (Index t = 0; t < length; ++t) {
        const Index place = (t + lags[s * count + i]) % length;
        rows.push_back(static_cast<std::int32_t>(s * length + place));
      }
    }
  }
  return Indices({series, count, length}, std::move(rows));
}

// The matrix that weights (B, H, m) of lags amount to, (B, H, T, T).
void publish_shifts(const Tensor& weights, const Indices& lags, Index length) {
  if (!recording_maps()) return;
  const Tensor by_lag = put_along(weights, lags, length);  // (B, H, T)
  std::vector<std::int32_t> lag;
  for (Index t = 0; t < length; ++t) {
    for (Index s = 0; s < length; ++s) {
      lag.push_back(static_cast<std::int32_t>((s - t + length) % length));
    }
  }
  publish_map(name, index_select(by_lag, Indices({length, length}, std::move(lag)), 2),
              MapKind::implied);
}

}  // namespace

Tensor correlation(const Tensor& q, const Tensor& k) {
  const Index length = q.dim(-2);
  // The mean over the channels may be taken of spectra: one transform back instead of D.
  const Tensor products = complex_multiply(rfft(q, -2), conj(rfft(k, -2)));  // (..., F, D, 2)
  return irfft(mean(products, {-2}), length);                                // (..., T)
}

AutoCorrelation::AutoCorrelation(const AutoCorrelationOptions& options, Generator& rng)
    : options_(checked(options)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused},
                                 rng)) {}

Index AutoCorrelation::lags_of(Index length) const {
  if (length < 1) return 0;
  const auto most = static_cast<double>(length);
  const double by_factor = std::min(options_.factor * std::log(most), most);
  const Index asked = options_.lags > 0 ? options_.lags : static_cast<Index>(by_factor);
  return std::clamp(asked, Index{1}, length);
}

Mixed AutoCorrelation::mix(const MixerInput& input) const {
  refuse_state(name, input);
  refuse_mask(name, input);
  const auto [q, k, v, none] = project_.by_heads(input, full());
  const Index length = q.dim(2), count = lags_of(length);
  if (count == 0) return {.y = project_.merge(v)};  // there is nothing to correlate
  const Tensor r = correlation(q, k);  // (B, H, T)
  const Sorted best = options_.fixed ? first_lags(r, count) : topk(r, count);
  const Tensor weights = softmax(best.values);  // (B, H, m)
  publish_shifts(weights, best.places, length);
  const Tensor series = reshape(v, {-1, v.dim(3)});                             // (B H T, D)
  const Tensor read = index_select(series, rows_read(best.places, length));     // (B H, m, T, D)
  const Tensor y = sum(read * reshape(weights, {-1, count, 1, 1}), {1});        // (B H, T, D)
  return {.y = project_.merge(reshape(y, v.shape()))};
}

Mechanism auto_correlation_entry() {
  return {.name = name,
          .title = "Auto-correlation (Autoformer)",
          .what = "A series is compared with itself at every shift; the best shifts are read.",
          .paper = "Wu et al. 2021, arXiv 2106.13008",
          .file = "attention/frequency/auto_correlation.h",
          .limit = "auto_correlation_is_the_direct_sum",
          .options = {{"lags", 0, "how many of the best lags are read; 0: factor * ln T"},
                      {"factor", AutoCorrelationOptions().factor, "lags for each ln T"},
                      {"fixed", 0, "1: the first lags instead of the best"}},
          .mixer = MixerTraits{
              .can = {.variable = true},
              .exempt = {{"U4", "it compares shifts, and a shift is made of places"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<AutoCorrelation>(
                    AutoCorrelationOptions{.width = shape.width,
                                           .heads = shape.heads,
                                           .lags = options.whole("lags"),
                                           .factor = options["factor"],
                                           .fixed = options["fixed"] != 0},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
