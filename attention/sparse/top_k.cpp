#include "attention/sparse/top_k.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "top-k";

Index positive(Index k) {
  if (k < 1) throw ValueError(fmt::format("[{}] k must be at least 1: {}", name, k));
  return k;
}

}  // namespace

Mask best_keys(const Tensor& scores, Index k, const Mask& visible) {
  positive(k);
  const Index keys = scores.dim(-1);
  if (k >= keys) return visible;
  const NoGrad no_grad;
  constexpr double hidden = -std::numeric_limits<double>::infinity();
  const Tensor open = visible.defined() ? where(visible, scores, hidden) : scores;
  const Tensor last = slice(topk(open, k).values, -1, k - 1, k);  // (..., T, 1)
  const Mask best = open >= last;
  return visible.defined() ? best & visible : best;
}

TopK::TopK(const TopKOptions& options, Generator& rng)
    : options_(options),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .cache = options.causal,
                                                   .positions = options.positions},
                                 rng)) {
  positive(options.k);
}

Mixed TopK::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);  // (B, H, T or S, D)
  const Tensor scores = shifted(biased(scaled_dot(q, k), at.bias));  // (B, H, T, S)
  const Mask seen = visible(banded(options_.causal, -1), input, k.dim(2));
  const Tensor weights = softmax_over(scores, best_keys(scores, options_.k, seen));
  publish_map(name, weights);
  return {.y = project_.merge(combine(weights, v)), .state = at.state};
}

Mechanism top_k_entry() {
  return {.name = name,
          .title = "Top-k (explicit sparse) attention",
          .what = "Each query keeps the k keys that fit it best and forgets the others.",
          .paper = "Zhao et al. 2019, arXiv 1912.11637",
          .file = "attention/sparse/top_k.h",
          .limit = "top_k_of_all_is_full_attention",
          .options = {{"k", 3, "keys that a query keeps"}, positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U12", "no more than k keys at any temperature"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<TopK>(TopKOptions{.width = shape.width,
                                                          .heads = shape.heads,
                                                          .k = options.whole("k"),
                                                          .causal = shape.causal,
                                                          .positions = options.positions()},
                                              rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "k >= T",
                          .reason = "every key is among the best",
                          .options = {{"k", 9}}},
                         {.to = "hard",
                          .when = "k = 1",
                          .reason = "the best key alone has weight 1",
                          .test = "top_one_is_the_hard_choice"}}};
}

}  // namespace heed::inline HEED_REAL::attention
