#include "attention/dense/flash.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "flash";
// The score of what is hidden: finite, so that differences are numbers.
constexpr double lowest = static_cast<double>(std::numeric_limits<Real>::lowest()) / 4;

const FlashOptions& checked(const FlashOptions& options) {
  if (options.tile >= 0) return options;
  throw ValueError(fmt::format("[{}] the tile must not be negative: {}", name, options.tile));
}

// first, ..., last - 1.
struct Run {
  Index first, last;
  Index size() const { return last - first; }
};

// Rows and columns of a mask that stretches to (B, H, T, S), each stretched axis left as it is.
Mask cut(const Mask& mask, Run queries, Run keys) {
  std::vector<Index> extents(4, 1);
  const int rank = mask.shape().rank();
  for (int axis = 1; axis <= rank; ++axis) {
    extents[static_cast<std::size_t>(4 - axis)] = mask.dim(-axis);
  }
  Mask part = mask.reshape({extents[0], extents[1], extents[2], extents[3]});
  if (part.dim(2) > 1) part = slice(part, 2, queries.first, queries.last);
  if (part.dim(3) > 1) part = slice(part, 3, keys.first, keys.last);
  return part;
}

// (1, 1, queries, keys): a key at j is seen from i >= j on, where query 0 stands at `shift`.
Mask up_to_itself(Run queries, Run keys, Index shift) {
  std::vector<std::uint8_t> sees;
  for (Index i = queries.first; i < queries.last; ++i) {
    for (Index j = keys.first; j < keys.last; ++j) sees.push_back(j <= i + shift);
  }
  return Mask({1, 1, queries.size(), keys.size()}, std::move(sees));
}

// What a tile of queries may see of a tile of keys; undefined: all.
Mask visible_in_tile(const TileOptions& options, Run queries, Run keys, Index shift) {
  const bool on_diagonal = options.causal && keys.last - 1 > queries.first + shift;
  const Mask past = on_diagonal ? up_to_itself(queries, keys, shift) : Mask();
  if (!options.visible.defined()) return past;
  const Mask given = cut(options.visible, queries, keys);
  return past.defined() ? past & given : given;
}

}  // namespace

PartialSoftmax see_tile(const Tensor& q, const Tensor& k, const Tensor& v, const Mask& visible) {
  const Tensor all = matmul(q, k, {.transpose_b = true}) *
                     (1 / std::sqrt(static_cast<double>(q.dim(-1))));  // (..., T, S)
  const Tensor scores = visible.defined() ? where(visible, all, lowest) : all;
  const Tensor largest = max(scores, {-1}, true).detach();
  Tensor weights = exp(scores - largest);
  if (visible.defined()) weights = where(visible, weights, 0.0);  // also where nothing is seen
  return {matmul(weights, v), largest, sum(weights, {-1}, true)};
}

PartialSoftmax merge(const PartialSoftmax& a, const PartialSoftmax& b) {
  const Tensor largest = maximum(a.largest, b.largest);
  const Tensor of_a = exp(a.largest - largest), of_b = exp(b.largest - largest);
  return {a.found * of_a + b.found * of_b, largest, a.total * of_a + b.total * of_b};
}

Tiled attend_in_tiles(const Tensor& q, const Tensor& k, const Tensor& v,
                      const TileOptions& options) {
  if (options.tile < 1) {
    throw ValueError(
        fmt::format("[attend_in_tiles] a tile must hold a query: {}", options.tile));
  }
  const Index queries = q.dim(-2), keys = k.dim(-2), shift = keys - queries;
  Tiled made;
  std::vector<Tensor> ys, sums;
  for (Index i = 0; i < queries; i += options.tile) {
    const Run own{i, std::min(i + options.tile, queries)};
    const Index end = options.causal ? std::clamp<Index>(own.last + shift, 1, keys) : keys;
    const Tensor asking = slice(q, -2, own.first, own.last);
    PartialSoftmax so_far;
    for (Index j = 0; j < end; j += options.tile) {
      const Run seen{j, std::min(j + options.tile, keys)};
      const PartialSoftmax more =
          see_tile(asking, slice(k, -2, seen.first, seen.last),
                   slice(v, -2, seen.first, seen.last), visible_in_tile(options, own, seen, shift));
      so_far = j == 0 ? more : merge(so_far, more);
      ++made.tiles;
    }
    const Mask nobody = so_far.total <= 0.0;
    const Tensor total = where(nobody, 1.0, so_far.total);
    ys.push_back(so_far.found / total);
    sums.push_back(where(nobody, lowest, so_far.largest + log(total)));
  }
  made.y = concat(ys, -2);
  made.logsumexp = concat(sums, -2);
  return made;
}

Flash::Flash(const FlashOptions& options, Generator& rng)
    : options_(checked(options)),
      project_(part<Projections>(
          name,
          ProjectionOptions{
              .width = options.width, .heads = options.heads, .cache = options.causal},
          rng)) {}

Mixed Flash::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const Index keys = at.k.source.dim(1);
  Tensor y;  // (B, T, C)
  if (looked_at()) {
    y = readable_attention(name, at, visible(banded(options_.causal, -1), input, keys));
  } else if (options_.tile == 0) {
    y = dot_product_attention(at.q, at.k, at.v,
                              {.causal = options_.causal, .visible = input.mask});
  } else {
    const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);
    y = merge_heads(attend_in_tiles(q, k, v,
                                    {.tile = options_.tile,
                                     .causal = options_.causal,
                                     .visible = input.mask})
                        .y);
  }
  return {.y = project_.output(y), .state = at.state};
}

Mechanism flash_entry() {
  return {.name = name,
          .title = "FlashAttention",
          .what = "Softmax attention, exactly, tile by tile: memory grows with the tokens, not "
                  "with their pairs.",
          .paper = "Dao et al. 2022, arXiv 2205.14135",
          .file = "attention/dense/flash.h",
          .limit = "flash_is_multi_head_for_every_tile",
          .options = {{"tile", 0, "queries and keys in a tile of plain operations; 0: the kernel"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Flash>(FlashOptions{.width = shape.width,
                                                            .heads = shape.heads,
                                                            .tile = options.whole("tile"),
                                                            .causal = shape.causal},
                                               rng);
              }},
          .reductions = {{.to = "multihead",
                          .reason = "softmax by parts, merged, is softmax",
                          .test = "flash_is_multi_head_for_every_tile"}}};
}

}  // namespace heed::inline HEED_REAL::attention
