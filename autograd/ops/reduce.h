// Reductions: several elements become one. Sums are accurate: the mean of 2^25 ones is 1 over
// each axis.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

Tensor sum(const Tensor& x);
Tensor sum(const Tensor& x, const std::vector<int>& axes, bool keepdims = false);
Tensor mean(const Tensor& x);
Tensor mean(const Tensor& x, const std::vector<int>& axes, bool keepdims = false);
// The largest along one axis; at a tie the first takes the whole gradient. NaN wins.
Tensor max(const Tensor& x, int axis, bool keepdims = false);
Tensor logsumexp(const Tensor& x, int axis, bool keepdims = false);
// Where the largest is (the first at a tie).
Indices argmax(const Tensor& x, int axis);
// The sum over the axes that broadcasting stretched: from x's shape back to `shape`.
Tensor sum_to(const Tensor& x, const Shape& shape);

}  // namespace heed::inline HEED_REAL
