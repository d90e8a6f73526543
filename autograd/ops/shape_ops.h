// Other shapes for the same values. Axes may be negative.
#pragma once

#include <initializer_list>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// One extent may be -1: what is left. Shares the memory.
Tensor reshape(const Tensor& x, const Shape& shape);
Tensor reshape(const Tensor& x, std::initializer_list<Index> extents);
// Without the axes of extent 1, or without one of them. As in NumPy an axis of another extent is
// refused. Shares the memory.
Tensor squeeze(const Tensor& x);
Tensor squeeze(const Tensor& x, int axis);
// A new axis of extent 1, which is axis `axis` of the result. Shares the memory.
Tensor unsqueeze(const Tensor& x, int axis);
// Axis i of the result is axis order[i] of x.
Tensor permute(const Tensor& x, const std::vector<int>& order);
// The axis goes to the end, behind the others in their order.
Tensor to_last(const Tensor& x, int axis);
// Two axes change places; the last two unless told otherwise.
Tensor transpose(const Tensor& x, int axis_a = -2, int axis_b = -1);
// Repeats axes of extent 1, and adds axes in front.
Tensor expand(const Tensor& x, const Shape& shape);
// An extent of -1 stays what it is: expand(x, {4, -1}).
Tensor expand(const Tensor& x, std::initializer_list<Index> extents);

}  // namespace heed::inline HEED_REAL
