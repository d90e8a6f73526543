#include "attention/memory/persistent.h"

#include <fmt/format.h>

#include <limits>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "persistent";

// Vectors (H, N, D), one set for every row of the batch.
Tensor for_batch(const Tensor& vectors, Index batch) {
  return expand(vectors, {batch, vectors.dim(0), vectors.dim(1), vectors.dim(2)});
}

}  // namespace

Persistent::Persistent(const PersistentOptions& options, Generator& rng)
    : causal_(options.causal),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .cache = options.causal},
                                 rng)) {
  if (options.vectors < 0) {
    throw ValueError(fmt::format("[{}] vectors must not be negative: {}", name, options.vectors));
  }
  if (options.vectors == 0) return;
  const Index size = options.width / options.heads;
  const Shape shape{options.heads, options.vectors, size};
  keys_ = param("keys", rng.normal(shape));
  values_ = param("values", rng.normal(shape));
}

Mixed Persistent::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);  // (B, H, T or S, D)
  const Index batch = q.dim(0), keys = k.dim(2);
  const Tensor scores = shifted(scaled_dot(q, k));  // (B, H, T, S)
  const Mask seen = visible(pattern_, input, keys);
  if (!keys_.defined()) {
    const Tensor weights = softmax_over(scores, seen);
    publish_map(name, weights);
    return {.y = project_.merge(combine(weights, v)), .state = at.state};
  }
  constexpr double hidden = -std::numeric_limits<double>::infinity();
  const Tensor open = seen.defined() ? where(seen, scores, hidden) : scores;
  const Tensor own = scaled_dot(q, keys_);                       // (B, H, T, N)
  const Tensor weights = softmax(concat({open, own}, 3));        // (B, H, T, S + N)
  publish_map(name, slice(weights, 3, 0, keys));
  const Tensor all = concat({v, for_batch(values_, batch)}, 2);  // (B, H, S + N, D)
  return {.y = project_.merge(combine(weights, all)), .state = at.state};
}

Mechanism persistent_entry() {
  return {.name = name,
          .title = "Attention with persistent vectors",
          .what = "Every query also sees learned keys and values that belong to no input.",
          .paper = "Sukhbaatar et al. 2019, arXiv 1907.01470",
          .file = "attention/memory/persistent.h",
          .limit = "no_vectors_is_multi_head",
          .options = {{"vectors", 16, "N, learned keys and values"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U2", "the vectors get a share of the weight"},
                         {"U8", "the vectors are there when nothing else is"},
                         {"U9", "the scores of the vectors are not shifted"},
                         {"U12", "the vectors keep their scores at any temperature"},
                         {"U16", "what the vectors add is not in the map"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Persistent>(
                    PersistentOptions{.width = shape.width,
                                      .heads = shape.heads,
                                      .vectors = options.whole("vectors"),
                                      .causal = shape.causal},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "no vectors",
                          .reason = "nothing is beside the tokens",
                          .options = {{"vectors", 0}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
