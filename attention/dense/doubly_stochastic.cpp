#include "attention/dense/doubly_stochastic.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "doubly-stochastic";

// The caller's mask over keys without its axis of queries: (B, H, T, S) -> (B, H, S).
Mask real_keys(const Mask& mask) {
  if (!mask.defined() || mask.shape().rank() < 2 || mask.shape()[-2] != 1) return {};
  return mask.reshape(mask.shape().erased(mask.shape().rank() - 2));
}

}  // namespace

Tensor doubly_stochastic_penalty(const Tensor& weights, const Mask& real) {
  if (weights.rank() < 2) {
    throw ShapeError(fmt::format("[doubly_stochastic_penalty] weights must be (..., T, S): got {}",
                                 weights.shape().str()));
  }
  const Tensor missing = 1 - sum(weights, {-2});  // (..., T, S) -> (..., S)
  return sum(square(real.defined() ? where(real, missing, 0.0) : missing), {-1});
}

DoublyStochastic::DoublyStochastic(const DoublyStochasticOptions& options, Generator& rng)
    : options_(options),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(
          name, ProjectionOptions{.width = options.width,
                                  .heads = options.heads,
                                  .positions = options.positions}, rng)) {
  if (options.penalty >= 0) return;
  throw ValueError(fmt::format("[{}] penalty must not be negative: {}", name, options.penalty));
}

Mixed DoublyStochastic::mix(const MixerInput& input) const {
  const auto [q, k, v, mask, bias] = project_.placed_by_heads(input, pattern_);
  const Tensor weights = softmax_over(shifted(biased(scaled_dot(q, k), bias)), mask);
  publish_map(name, weights);
  const Tensor penalty = mean(doubly_stochastic_penalty(weights, real_keys(input.mask)));
  return {.y = project_.merge(combine(weights, v)), .auxiliary = penalty * options_.penalty};
}

Mechanism doubly_stochastic_entry() {
  return {.name = name,
          .title = "Doubly stochastic attention",
          .what = "Softmax attention with a penalty that wants every key to be read once.",
          .paper = "Xu et al. 2015, arXiv 1502.03044, equation 14",
          .file = "attention/dense/doubly_stochastic.h",
          .limit = "permutation_matrix_is_doubly_stochastic",
          .options = {{"penalty", 0.01, "its weight in the loss"}, positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<DoublyStochastic>(
                    DoublyStochasticOptions{.width = shape.width,
                                            .heads = shape.heads,
                                            .causal = shape.causal,
                                            .penalty = options["penalty"],
                                            .positions = options.positions()},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .reason = "the penalty is part of the loss, not of the result"}}};
}

}  // namespace heed::inline HEED_REAL::attention
