// The model that lies under every mechanism, as small pure functions: score -> mask -> normalise
// -> combine.
//
//   const Tensor scores = shifted(scaled_dot(q, k));             // scores.h, score_shift.h
//   const Tensor weights = softmax_over(scores, visible);        // masks.h, normalizers.h
//   publish_map("mine", weights);                                // maps.h
//   return project_.merge(combine(weights, v));                  // projections.h
//
// This is the readable path. It serves looking, derivatives of any order, and every mechanism
// without a kernel of its own; dot_product_attention() of ops.h is the fused twin of the
// dot-product case.
#pragma once

#include "attention/maps.h"
#include "attention/masks.h"
#include "attention/mixer.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

// (B, T, H * D) -> (B, H, T, D). Throws ShapeError when the last axis cannot be cut into `heads`.
Tensor split_heads(const Tensor& x, Index heads);
// (B, H, T, D) -> (B, T, H * D).
Tensor merge_heads(const Tensor& y);
// Each of `heads` heads `times` times in a row: (B, T, H * D) -> (B, T, H * times * D).
Tensor repeat_heads(const Tensor& x, Index heads, Index times);

// sum_j weights_ij v_j: (..., T, S) and (..., S, D) -> (..., T, D).
Tensor combine(const Tensor& weights, const Tensor& v);

// What a query of `input` may see of `keys` keys: the mechanism's pattern and the caller's mask.
// Undefined when that is everything.
Mask visible(const Pattern& pattern, const MixerInput& input, Index keys);

// What a mechanism hands out that is called step by step, as a decoder does.
struct Attended {
  Tensor y;        // (..., T, D)
  Tensor weights;  // (..., T, S)
};

}  // namespace heed::inline HEED_REAL::attention
