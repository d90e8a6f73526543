#include "attention/memory/transformer_xl.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "nn/init.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "transformer-xl";

const TransformerXLOptions& checked(const TransformerXLOptions& options) {
  if (options.width % 2 != 0) {
    throw ValueError(fmt::format("[{}] width must be even, for pairs of sine and cosine: {}", name,
                                 options.width));
  }
  if (options.memory >= 0) return options;
  throw ValueError(fmt::format("[{}] memory must not be negative: {}\nhint: positions that the "
                               "next segment sees; -1, the longest sequence, is the catalog's",
                               name, options.memory));
}

}  // namespace

Tensor relative_shift(const Tensor& x, Index keys) {
  if (x.rank() != 4 || x.dim(3) <= keys) {
    throw ShapeError(fmt::format("[relative_shift] x must be (B, H, T, L) with L > {} keys: got {}",
                                 keys, x.shape().str()));
  }
  // Each row begins one distance later than the row above: where the end of that row is cut off,
  // the rest moves up by one.
  const Index batch = x.dim(0), heads = x.dim(1), queries = x.dim(2), shorter = x.dim(3) - 1;
  const Index start = std::max<Index>(queries - 1, 0);
  const Tensor flat = reshape(x, {batch, heads, queries * x.dim(3)});
  const Tensor cut = slice(flat, 2, start, start + queries * shorter);
  return slice(reshape(cut, {batch, heads, queries, shorter}), 3, 0, keys);  // (B, H, T, keys)
}

Tensor relative_scores(const Tensor& q, const Tensor& k, const Tensor& r, const Tensor& u,
                       const Tensor& w) {
  const Tensor by_content = dot(q + unsqueeze(u, 1), k);   // (a) + (c): (B, H, T, S)
  const Tensor by_distance = dot(q + unsqueeze(w, 1), r);  // (b) + (d): (B, H, T, L)
  return by_content + relative_shift(by_distance, k.dim(2));
}

TransformerXL::TransformerXL(const TransformerXLOptions& options, Generator& rng)
    : options_(checked(options)),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(
          name, ProjectionOptions{.width = options.width, .heads = options.heads, .bias = false},
          rng)),
      position_(child<nn::Linear>("position", options.width, options.width, rng,
                                  nn::LinearOptions{.bias = false})) {
  const Shape by_head{options.heads, options.width / options.heads};
  content_bias_ = param("content_bias", Tensor::zeros(by_head));
  position_bias_ = param("position_bias", Tensor::zeros(by_head));
}

// [memory; x], (B, S, C). The memory has left its graph when it was kept.
Tensor TransformerXL::with_memory(const MixerInput& input) const {
  if (!input.state || input.state->tensors.empty()) return input.x;
  const Tensor& memory = input.state->tensors[0];
  const Shape expected{input.x.dim(0), memory.dim(1), options_.width};
  if (memory.shape() != expected) {
    throw ShapeError(fmt::format("[{}] the state holds a memory {}, the input is {}\nhint: a state "
                                 "belongs to one batch of texts",
                                 name, memory.shape().str(), input.x.shape().str()));
  }
  return concat({memory, input.x}, 1);
}

// W_r R of the distances keys - 1 down to those that lie ahead, by heads: (1, H, L, D).
Tensor TransformerXL::distances(Index queries, Index keys) const {
  const Index ahead = options_.causal ? 1 : std::max<Index>(queries, 1);
  std::vector<Index> places;
  for (Index distance = keys - 1; distance >= -ahead; --distance) places.push_back(distance);
  const Tensor r = position_(nn::sinusoids_at(places, options_.width));  // (L, C)
  return split_heads(unsqueeze(r, 0), options_.heads);
}

Mixed TransformerXL::mix(const MixerInput& input) const {
  refuse_context(name, input);
  if (!options_.causal) refuse_state(name, input);
  require_width(name, input, options_.width);
  const Tensor seen = with_memory(input);  // (B, S, C)
  const Projected at = project_({.x = input.x, .context = seen, .mask = input.mask});
  const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);  // (B, H, T or S, D)
  const Index queries = q.dim(2), keys = k.dim(2);
  const Tensor r = distances(queries, keys);
  const double scale = 1 / std::sqrt(static_cast<double>(q.dim(3)));
  const Tensor scores = shifted(relative_scores(q, k, r, content_bias_, position_bias_) * scale);
  const Tensor weights = softmax_over(scores, visible(pattern_, input, keys));  // (B, H, T, S)
  publish_map(name, weights);
  Mixed mixed{.y = project_.merge(combine(weights, v))};  // (B, T, C)
  if (input.state) {
    mixed.state = MixerState{{}, input.state->seen + queries};
    const Index kept = std::min(options_.memory, keys);
    if (kept > 0) mixed.state->tensors = {slice(seen, 1, keys - kept, keys).detach()};
  }
  return mixed;
}

Mechanism transformer_xl_entry() {
  return {.name = name,
          .title = "Transformer-XL segment recurrence",
          .what = "A text in segments, each with a memory of those before it.",
          .paper = "Dai et al. 2019, arXiv 1901.02860",
          .file = "attention/memory/transformer_xl.h",
          .limit = "segments_with_all_memory_are_one_pass",
          .options = {{"memory", -1, "M, positions kept; -1: as many as the longest sequence"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "a weight depends on how far apart query and key stand"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index memory = options.whole("memory");
                return std::make_unique<TransformerXL>(
                    TransformerXLOptions{.width = shape.width,
                                         .heads = shape.heads,
                                         .causal = shape.causal,
                                         .memory = memory == -1 ? shape.length : memory},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
