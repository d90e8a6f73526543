// Order along an axis. NaN counts as larger than every number, as for max and as in PyTorch, so it
// is last in ascending order (as in NumPy) and first in descending order; -0 and 0 are equal. Equal
// numbers keep the order they had, in both directions. The gradient goes to the places that were
// picked.
#pragma once

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

struct Sorted {
  Tensor values;
  Indices places;  // along the axis: values = take_along(x, places, axis)
};
// In ascending order unless told otherwise; argsort gives the places alone.
Sorted sort(const Tensor& x, int axis = -1, bool descending = false);
Indices argsort(const Tensor& x, int axis = -1, bool descending = false);
// The k largest, the largest first; or the k smallest, the smallest first. Throws ValueError unless
// 0 <= k <= the extent of the axis.
Sorted topk(const Tensor& x, Index k, int axis = -1, bool largest = true);

}  // namespace heed::inline HEED_REAL
