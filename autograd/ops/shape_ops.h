// Ops that move values and change none. Axes may be negative.
#pragma once

#include <initializer_list>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// One extent may be -1: what is left. Shares the memory.
Tensor reshape(const Tensor& x, const Shape& shape);
Tensor reshape(const Tensor& x, std::initializer_list<Index> extents);
// Axis i of the result is axis order[i] of x.
Tensor permute(const Tensor& x, const std::vector<int>& order);
Tensor transpose(const Tensor& x, int axis_a = -2, int axis_b = -1);
// Repeats axes of extent 1, and adds axes in front.
Tensor expand(const Tensor& x, const Shape& shape);
// start, start + step, ... up to and without stop; negative start and stop count from the end. step
// >= 1.
Tensor slice(const Tensor& x, int axis, Index start, Index stop, Index step = 1);
// The i-th along an axis, which goes away.
Tensor select(const Tensor& x, int axis, Index i);
// Zeros around one axis.
Tensor pad(const Tensor& x, int axis, Index before, Index after);
Tensor flip(const Tensor& x, int axis);

}  // namespace heed::inline HEED_REAL
