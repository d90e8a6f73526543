// The layer that the dot-product mechanisms share: projections packed as PyTorch's
// MultiheadAttention packs them, attention per head, output projection. They differ in the
// settings and in what they refuse.
#pragma once

#include <memory>

#include "attention/masks.h"
#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// May, must or must not there be a context?
enum class Context { optional, required, refused };

struct DotProduct {
  const char* name;    // in errors and maps
  Index width = 0;     // C
  Index heads = 1;     // of size D = C / heads
  Index kv_heads = 0;  // of keys and values, each for heads / kv_heads queries; 0: heads
  bool scaled = true;  // scores divided by sqrt(D)
  bool causal = false;
  Index window = -1;  // |i - j| <= window; -1: all
  Context context = Context::optional;
};

// What causal and window amount to.
Pattern pattern_of(const DotProduct& settings);

struct PackedProjections {
  const Tensor& in_weight;  // (C + 2 G D, C) with G kv_heads: W_q, W_k, W_v on top of each other
  const Tensor& in_bias;    // (C + 2 G D)
  const nn::Linear& out;    // C -> C
};

// x (B, T, C) -> y (B, T, C), through the fused kernel, or through core.h while maps are recorded.
// The state holds keys and values, (B, S, 2 G D), and needs `causal`.
Mixed mix_dot_product(const DotProduct& settings, const PackedProjections& projections,
                      const MixerInput& input);

// in_proj_weight as PyTorch starts it: Xavier's rule for the packed matrix. Throws ValueError
// unless the width is positive, the heads divide it and the kv_heads divide the heads.
Tensor packed_weight(const DotProduct& settings, Generator& rng);
// The output projection as PyTorch starts it: its bias at 0.
std::unique_ptr<nn::Linear> output_projection(Index width, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
