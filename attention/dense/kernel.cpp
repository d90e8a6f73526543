#include "attention/dense/kernel.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

KernelOptions completed(KernelOptions options) {
  if (!(options.bandwidth >= 0)) {
    throw ValueError(fmt::format("[{}] bandwidth must not be negative: {}",
                                 name_of(options.kernel), options.bandwidth));
  }
  if (options.bandwidth > 0) return options;
  const double size = static_cast<double>(options.width) / static_cast<double>(options.heads);
  const bool endless = options.kernel == Kernel::gaussian;
  options.bandwidth = endless ? std::pow(size, 0.25) : 4 * std::sqrt(2 * size);
  return options;
}

}  // namespace

const char* name_of(Kernel kernel) {
  switch (kernel) {
    case Kernel::gaussian:
      return "kernel";
    case Kernel::boxcar:
      return "boxcar";
    case Kernel::triangular:
      return "triangular";
    case Kernel::epanechnikov:
      return "epanechnikov";
  }
  return "";
}

KernelScores kernel_scores(const Tensor& squared_distances, const Tensor& bandwidth,
                           Kernel kernel) {
  const Tensor u2 = squared_distances / square(bandwidth);
  if (kernel == Kernel::gaussian) return {u2 * -0.5, {}};
  if (kernel == Kernel::boxcar) return {u2 * 0.0, u2 <= 1};
  const Mask near = u2 < 1;
  if (kernel == Kernel::epanechnikov) return {log(where(near, 1 - u2, 1.0)), near};
  const Mask apart = u2 > 0;  // the root has no slope at 0
  const Tensor u = where(apart, sqrt(where(apart, u2, 1.0)), 0.0);
  return {log(where(near, 1 - u, 1.0)), near};
}

KernelAttention::KernelAttention(const KernelOptions& options, Generator& rng)
    : options_(completed(options)),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(name_of(options.kernel),
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .cache = options.causal,
                                                   .apply = options.projections},
                                 rng)),
      log_bandwidth_(param("log_bandwidth", Tensor::zeros({options.heads}))) {}

Tensor KernelAttention::bandwidths() const { return exp(log_bandwidth_) * options_.bandwidth; }

Mixed KernelAttention::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);  // (B, H, T or S, D)
  const Tensor bandwidth = reshape(bandwidths(), {options_.heads, 1, 1});
  const auto [scores, near] =
      kernel_scores(squared_distance(q, k), bandwidth, options_.kernel);  // (B, H, T, S)
  Mask seen = visible(pattern_, input, k.dim(2));
  if (near.defined()) seen = seen.defined() ? seen & near : near;
  const Tensor weights = softmax_over(shifted(scores), seen);
  publish_map(name_of(options_.kernel), weights);
  return {.y = project_.merge(combine(weights, v)), .state = at.state};
}

namespace {

template <Kernel kernel>
Mechanism entry_of(const char* title, const char* what, const char* paper,
                   std::vector<Exemption> exempt) {
  return {.name = name_of(kernel),
          .title = title,
          .what = what,
          .paper = paper,
          .file = "attention/dense/kernel.h",
          .limit = "gaussian_kernel_of_equal_norms_is_softmax",
          .options = {{"bandwidth", 0, "where it starts; 0: by the width of a head"},
                      {"projections", 1, "0: smooths the tokens as they are"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = std::move(exempt),
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<KernelAttention>(
                    KernelOptions{.width = shape.width,
                                  .heads = shape.heads,
                                  .kernel = kernel,
                                  .bandwidth = options["bandwidth"],
                                  .causal = shape.causal,
                                  .projections = options["projections"] != 0},
                    rng);
              }}};
}

const std::vector<Exemption> ends_somewhere{
    {"U2", "a query without a neighbour has no weights"},
    {"U12", "hot, it is the mean of the neighbours and not of all keys"}};

Reduction to_boxcar(const char* reason) {
  return {.to = "boxcar",
          .when = "bandwidth -> infinity",
          .reason = reason,
          .options = {{"bandwidth", 1e15}},
          .to_options = {{"bandwidth", 1e15}}};
}

}  // namespace

Mechanism kernel_entry() {
  Mechanism entry = entry_of<Kernel::gaussian>(
      "Kernel attention (Gaussian)", "The nearer a key, the more it weighs, under a bell.",
      "Nadaraya 1964; Watson 1964; Tsai et al. 2019, arXiv 1908.11775", {});
  entry.aliases = {"gaussian"};
  entry.reductions = {{.to = "scaled-dot",
                       .when = "tokens of length 1, no projections",
                       .reason = "-|q - k|^2 / 2 is q . k and a constant",
                       .options = {{"projections", 0}},
                       .to_options = {{"projections", 0}},
                       .held = {{"log_bandwidth", 0}},
                       .unit_tokens = true,
                       .heads = 1}};
  return entry;
}

Mechanism boxcar_entry() {
  Mechanism entry = entry_of<Kernel::boxcar>("Boxcar kernel attention",
                                  "The mean of all keys within the bandwidth.",
                                  "Nadaraya 1964; Watson 1964", ends_somewhere);
  entry.reductions = {{.to = "mean",
                       .when = "bandwidth -> infinity",
                       .reason = "every key is within it",
                       .test = "bandwidth_runs_from_the_nearest_to_the_mean"}};
  return entry;
}

Mechanism triangular_entry() {
  Mechanism entry = entry_of<Kernel::triangular>("Triangular kernel attention",
                                      "Weights fall linearly to 0 at the bandwidth.",
                                      "Nadaraya 1964; Watson 1964", ends_somewhere);
  entry.reductions = {to_boxcar("1 - u is 1")};
  return entry;
}

Mechanism epanechnikov_entry() {
  Mechanism entry = entry_of<Kernel::epanechnikov>("Epanechnikov kernel attention",
                                        "Weights fall as a parabola to 0 at the bandwidth.",
                                        "Epanechnikov 1969; Watson 1964", ends_somewhere);
  entry.reductions = {to_boxcar("1 - u^2 is 1")};
  return entry;
}

}  // namespace heed::inline HEED_REAL::attention
