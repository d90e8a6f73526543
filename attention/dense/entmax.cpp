#include "attention/dense/entmax.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "adaptive-entmax";

}  // namespace

Entmax::Entmax(const EntmaxOptions& options, Generator& rng)
    : options_(options),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .cache = options.causal,
                                                   .positions = options.positions},
                                 rng)) {
  if (options.alpha == 0) {
    alpha_ = param("alpha", Tensor::zeros({options.heads}));
  } else if (!(options.alpha >= 1 && options.alpha <= 2)) {
    throw ValueError(fmt::format("[{}] alpha must be 0 (learned) or lie in [1, 2]: {}", name,
                                 options.alpha));
  }
}

Tensor Entmax::alphas() const {
  if (alpha_.defined()) return 1.01 + sigmoid(alpha_) * 0.99;
  return Tensor::full({options_.heads}, static_cast<Real>(options_.alpha));
}

Mixed Entmax::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);  // (B, H, T or S, D)
  const Mask seen = visible(pattern_, input, k.dim(2));
  const Tensor scores = shifted(biased(scaled_dot(q, k), at.bias));  // (B, H, T, S)
  const Tensor weights =
      alpha_.defined() ? entmax_over(scores, reshape(alphas(), {options_.heads, 1, 1}), seen)
                       : entmax_over(scores, options_.alpha, seen);
  publish_map(name, weights);
  return {.y = project_.merge(combine(weights, v)), .state = at.state};
}

Mechanism entmax_entry() {
  return {.name = name,
          .title = "Adaptively sparse attention (alpha-entmax)",
          .what = "Each head learns between softmax, which weighs all keys, and sparsemax, few.",
          .paper = "Correia et al. 2019, arXiv 1909.00015",
          .file = "attention/dense/entmax.h",
          .limit = "entmax_runs_from_softmax_to_sparsemax",
          .aliases = {"entmax"},
          .options = {{"alpha", 0, "1 softmax, 1.5, 2 sparsemax; 0: learned, one a head"},
                      positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U12", "the law reads the scores off the weights, as if softmax had made "
                                 "them; a weight of 0 tells none"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Entmax>(EntmaxOptions{.width = shape.width,
                                                              .heads = shape.heads,
                                                              .causal = shape.causal,
                                                              .alpha = options["alpha"],
                                                              .positions = options.positions()},
                                                rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "alpha = 1",
                          .reason = "1-entmax is softmax",
                          .options = {{"alpha", 1}}},
                         {.to = "sparsemax",
                          .when = "alpha = 2",
                          .reason = "2-entmax is the nearest point of the simplex",
                          .test = "entmax_runs_from_softmax_to_sparsemax"}}};
}

}  // namespace heed::inline HEED_REAL::attention
