// The model that lies under every mechanism, as small pure functions: score -> mask -> normalise
// -> combine.
//
// This is the readable path. It serves recording, derivatives of any order, and every mechanism
// without a kernel of its own; heed::attention() of ops.h is the fused twin of the dot-product
// case.
#pragma once

#include "attention/maps.h"
#include "attention/masks.h"
#include "attention/mixer.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

// q (..., T, D) and k (..., S, D) -> scores (..., T, S).
using Score = Tensor (*)(const Tensor& q, const Tensor& k);
// Scores -> weights of the same shape, 0 where nothing is to be seen.
using Normalise = Tensor (*)(const Tensor& scores, const Mask& visible);

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

struct Attended {
  Tensor y;        // (..., T, D)
  Tensor weights;  // (..., T, S)
};
// All four steps for q (..., T, D), k and v (..., S, D).
Attended attend(const Tensor& q, const Tensor& k, const Tensor& v, const Mask& visible, Score score,
                Normalise normalise);

}  // namespace heed::inline HEED_REAL::attention
