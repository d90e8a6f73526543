// Comparisons, and the choice between two tensors. All broadcast.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Beside NaN all are false but ne, which is true (IEEE 754). Masks combine by &, |, ^ and !.
Mask operator>(const Tensor& a, const Tensor& b);
Mask operator<(const Tensor& a, const Tensor& b);
Mask operator>=(const Tensor& a, const Tensor& b);
Mask operator<=(const Tensor& a, const Tensor& b);
Mask eq(const Tensor& a, const Tensor& b);
Mask ne(const Tensor& a, const Tensor& b);
Mask operator>(const Tensor& a, double b);
Mask operator<(const Tensor& a, double b);
Mask operator>=(const Tensor& a, double b);
Mask operator<=(const Tensor& a, double b);
Mask eq(const Tensor& a, double b);
Mask ne(const Tensor& a, double b);
// Neither NaN nor an infinity.
Mask isfinite(const Tensor& x);
// Is |a - b| <= atol + rtol |b| everywhere? Infinities are close to themselves, and NaN to NaN
// where told so.
bool allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8,
              bool equal_nan = false);
// a where the condition holds, b elsewhere. The branch not taken gets a gradient of exactly 0, also
// beside inf and NaN. A formula that divides by zero in that branch still makes 0/0: guard its
// input as well, where(ok, f(where(ok, x, 1)), 0).
Tensor where(const Mask& condition, const Tensor& a, const Tensor& b);
Tensor where(const Mask& condition, const Tensor& a, double b);
Tensor where(const Mask& condition, double a, const Tensor& b);
// 1 where the mask holds, 0 elsewhere.
Tensor to_tensor(const Mask& mask);

}  // namespace heed::inline HEED_REAL
