#include "attention/efficient/linformer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "attention/readable.h"
#include "attention/scores.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "linformer";

const LinformerOptions& checked(const LinformerOptions& options) {
  nn::check_positive(name, {{"length", options.length}, {"rank", options.rank}});
  return options;
}

void require_places(const Tensor& x, Index places) {
  if (x.dim(1) <= places) return;
  throw ShapeError(fmt::format("[{}] x has {} tokens, the sums {} places\nhint: its length is that "
                               "of the longest sequence it will meet",
                               name, x.dim(1), places));
}

// The keys or values of all heads, (B, T, C), with 0 for what the mask (B, T) hides.
Tensor shown(const Heads& at, const Mask& real) {
  const Index columns = at.heads * at.size;
  return only_real(slice(at.source, 2, at.offset, at.offset + columns), real);
}

// Weights (B, H, T, R) over slots are weights (B, H, T, S) over places.
void publish_implied(const Tensor& weights, const Tensor& sums, const Mask& real) {
  if (!recording_maps()) return;
  const Tensor places = matmul(weights, sums);  // (B, H, T, S)
  const Mask columns =
      real.defined() ? real.reshape({real.shape()[0], 1, 1, real.shape()[1]}) : real;
  publish_map(name, real.defined() ? where(columns, places, 0.0) : places, MapKind::implied);
}

}  // namespace

Linformer::Linformer(const LinformerOptions& options, Generator& rng)
    : options_(checked(options)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused},
                                 rng)) {
  const Shape sums{options.rank, options.length};
  const double deviation = 1 / std::sqrt(static_cast<double>(options.rank));
  key_sums_ = param("E", rng.normal(sums, 0, deviation));
  value_sums_ = options.shared ? key_sums_ : param("F", rng.normal(sums, 0, deviation));
}

Mixed Linformer::mix(const MixerInput& input) const {
  require_width(name, input, options_.width);
  require_places(input.x, options_.length);
  const Index tokens = input.x.dim(1);
  const Mask real = key_mask(name, input);  // (B, T)
  const Projected at = project_(input);
  const Tensor into_keys = slice(key_sums_, 1, 0, tokens);      // (R, T)
  const Tensor into_values = slice(value_sums_, 1, 0, tokens);  // (R, T)
  const Index size = options_.width / options_.heads;
  const Heads k{matmul(into_keys, shown(at.k, real)), 0, options_.heads, size};      // (B, R, C)
  const Heads v{matmul(into_values, shown(at.v, real)), 0, options_.heads, size};    // (B, R, C)
  if (!looked_at()) return {.y = project_.output(dot_product_attention(at.q, k, v))};
  const Tensor weights = softmax(shifted(scaled_dot(heads_of(at.q), heads_of(k))));  // (B, H, T, R)
  publish_implied(weights, into_values, real);
  return {.y = project_.merge(combine(weights, heads_of(v)))};
}

Mechanism linformer_entry() {
  return {.name = name,
          .title = "Linformer: keys and values summed into slots",
          .what = "Learned sums over places make a few keys and values of all; queries look there.",
          .paper = "Wang et al. 2020, arXiv 2006.04768",
          .file = "attention/efficient/linformer.h",
          .limit = "linformer_with_a_slot_a_place_is_multi_head",
          .options = {{"rank", 0, "slots; 0: a quarter of the places, and at least 4"},
                      {"length", 0, "places that it sums up; 0: as many as the longest sequence"},
                      {"shared", 0, "1: keys and values are summed up alike"}},
          .mixer = MixerTraits{
              .can = {.padding = true},
              .exempt = {{"U4", "what a slot sums up is a matter of places"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index asked = options.whole("length"), rank = options.whole("rank");
                const Index length = asked == 0 ? shape.length : asked;
                return std::make_unique<Linformer>(
                    LinformerOptions{.width = shape.width,
                                     .heads = shape.heads,
                                     .length = length,
                                     .rank = rank == 0 ? std::max(length / 4, Index{4}) : rank,
                                     .shared = options["shared"] != 0},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "a slot a place, E = F = I, and no token hidden",
                          .reason = "then a slot holds one key and its value",
                          .test = "linformer_with_a_slot_a_place_is_multi_head"}}};
}

}  // namespace heed::inline HEED_REAL::attention
