#include "attention/dense/dot_product.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/mutants.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// Heads of keys and values, G.
Index shared_heads(const DotProduct& settings) {
  return settings.kv_heads == 0 ? settings.heads : settings.kv_heads;
}

// Columns of keys and values together, 2 G D; 2C when every head has its own.
Index pair_width(const DotProduct& settings) {
  return 2 * shared_heads(settings) * (settings.width / settings.heads);
}

// Queries (B, T, C) and, side by side, keys and values (B, S, 2 G D), where they lie in wider
// tensors.
struct Projected {
  Tensor queries;
  Tensor pairs;
  Index keys_at = 0;  // where in the last axis of `pairs` the keys start; the values follow
};

Projected project(const DotProduct& settings, const PackedProjections& projections,
                  const MixerInput& input) {
  const Index c = settings.width;
  if (!input.context.defined()) {
    const Tensor packed =
        linear(input.x, projections.in_weight, projections.in_bias);  // (B, T, C + 2 G D)
    return {packed, packed, c};
  }
  const auto rows = [&](const Tensor& x, Index from, Index to) {
    return linear(x, slice(projections.in_weight, 0, from, to),
                  slice(projections.in_bias, 0, from, to));
  };
  const Index end = c + pair_width(settings);
  return {rows(input.x, 0, c), rows(input.context, c, end), 0};  // (B, T, C), (B, S, 2 G D)
}

// Puts the cached keys and values in front.
MixerState extend(const DotProduct& settings, const MixerState& past, Projected& projected) {
  if (!settings.causal) {
    throw ValueError(
        fmt::format("[{}] a state needs causal: otherwise what is past changes with "
                    "every new token",
                    settings.name));
  }
  const Index fresh = projected.pairs.dim(1);
  const Index end = projected.keys_at + pair_width(settings);
  Tensor pairs = slice(projected.pairs, 2, projected.keys_at, end);
  if (!past.tensors.empty()) pairs = concat({past.tensors[0], pairs}, 1);  // (B, S, 2 G D)
  projected.pairs = pairs;
  projected.keys_at = 0;
  return {{pairs}, past.seen + fresh};
}

// Where several heads share keys and values, each gets a copy of its own: (B, S, 2C).
void unshare(const DotProduct& settings, Projected& projected) {
  const Index shared = shared_heads(settings);
  if (shared == settings.heads) return;
  const Index end = projected.keys_at + pair_width(settings);
  const Tensor pairs = slice(projected.pairs, 2, projected.keys_at, end);  // (B, S, 2 G D)
  projected.pairs = repeat_heads(pairs, 2 * shared, settings.heads / shared);
  projected.keys_at = 0;
}

// The readable path, with weights to publish: (B, T, C), (B, S, 2C) -> (B, T, C).
Tensor composed(const DotProduct& settings, const Projected& at, const MixerInput& input) {
  const Index c = settings.width;
  const Tensor q = split_heads(slice(at.queries, 2, 0, c), settings.heads);  // (B, H, T, D)
  const Tensor k = split_heads(slice(at.pairs, 2, at.keys_at, at.keys_at + c), settings.heads);
  const Tensor v =
      split_heads(slice(at.pairs, 2, at.keys_at + c, at.keys_at + 2 * c), settings.heads);
  const Attended attended = attend(q, k, v, visible(pattern_of(settings), input, k.dim(2)),
                                   settings.scaled ? scaled_dot : dot, softmax_over);
  publish_map(settings.name, attended.weights);
  return merge_heads(attended.y);
}

Tensor fused(const DotProduct& settings, const Projected& at, const MixerInput& input) {
  const Index c = settings.width;
  const Index size = c / settings.heads;
  const Heads q{at.queries, 0, settings.heads, size};
  const Heads k{at.pairs, at.keys_at, settings.heads, size};
  const Heads v{at.pairs, at.keys_at + c, settings.heads, size};
  return dot_product_attention(q, k, v,
                               {.scale = settings.scaled ? 0.0 : 1.0,
                                .causal = settings.causal,
                                .window = settings.window,
                                .visible = input.mask});
}

}  // namespace

Pattern pattern_of(const DotProduct& settings) {
  if (settings.window < 0) return settings.causal ? causal() : full();
  if (planted(Mutant::window_left_bound_only)) {
    return Pattern("left", [w = settings.window](Index i, Index j) { return j >= i - w; });
  }
  const Pattern near = window(settings.window);
  if (!settings.causal) return near;
  return planted(Mutant::window_or_causal) ? near | causal() : near & causal();
}

Mixed mix_dot_product(const DotProduct& settings, const PackedProjections& projections,
                      const MixerInput& input) {
  require_width(settings.name, input, settings.width);
  if (settings.context == Context::required) require_context(settings.name, input);
  if (settings.context == Context::refused) refuse_context(settings.name, input);
  if (input.context.defined()) refuse_state(settings.name, input);
  Projected projected = project(settings, projections, input);
  Mixed mixed;
  if (input.state) mixed.state = extend(settings, *input.state, projected);
  unshare(settings, projected);
  // A planted fault lives in the readable path, so the tests' build takes it then.
  const bool readable = recording_maps() || !planted(Mutant::none);
  const Tensor heads =
      readable ? composed(settings, projected, input) : fused(settings, projected, input);
  mixed.y = projections.out(heads);  // (B, T, C)
  return mixed;
}

Tensor packed_weight(const DotProduct& settings, Generator& rng) {
  if (settings.width < 1 || settings.heads < 1 || settings.width % settings.heads != 0) {
    throw ValueError(fmt::format("[{}] heads must divide the width: {} heads, width {}",
                                 settings.name, settings.heads, settings.width));
  }
  if (settings.kv_heads < 0 || settings.heads % shared_heads(settings) != 0) {
    throw ValueError(fmt::format("[{}] heads of keys and values must divide the heads: {} for {}",
                                 settings.name, settings.kv_heads, settings.heads));
  }
  return nn::xavier_uniform({settings.width + pair_width(settings), settings.width}, rng);
}

std::unique_ptr<nn::Linear> output_projection(Index width, Generator& rng) {
  auto projection = std::make_unique<nn::Linear>(width, width, rng);
  projection->bias().assign(Tensor::zeros({width}));
  return projection;
}

}  // namespace heed::inline HEED_REAL::attention
