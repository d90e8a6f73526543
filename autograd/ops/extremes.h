// The largest, the smallest and the middle, and where they are. At a tie the first, in row-major
// order of the axes that go, takes the whole gradient. NaN wins over every number. Over nothing:
// ShapeError.
#pragma once

#include "autograd/axes.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Over all axes, or over those given, whose extents become 1 (keepdims) or go away.
Tensor max(const Tensor& x);
Tensor max(const Tensor& x, const Axes& axes, bool keepdims = false);
Tensor min(const Tensor& x);
Tensor min(const Tensor& x, const Axes& axes, bool keepdims = false);
// The number in the middle, of an even count the lower one of the two, as in PyTorch; NaN where
// there is one.
Tensor median(const Tensor& x);
Tensor median(const Tensor& x, const Axes& axes, bool keepdims = false);
// The place along the axis, or in row-major order among all, (); at a tie the first or, where told
// so, the last; NaN where there is one.
Indices argmax(const Tensor& x);
Indices argmax(const Tensor& x, int axis, bool keepdims = false, bool last = false);
Indices argmin(const Tensor& x);
Indices argmin(const Tensor& x, int axis, bool keepdims = false, bool last = false);

}  // namespace heed::inline HEED_REAL
