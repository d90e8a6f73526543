// What a condition picks out of a tensor. How much that is depends on the values.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// The elements where the mask holds, in row-major order: rank 1. Tensor and mask stretch to each
// other.
Tensor masked_select(const Tensor& x, const Mask& mask);
// Where a mask holds, or a tensor is not 0: (count, rank), a row a position, in row-major order.
Indices nonzero(const Mask& mask);
Indices nonzero(const Tensor& x);
// The values that there are, each once, in ascending order: rank 1. Every NaN is one by itself. No
// gradient flows.
Tensor unique(const Tensor& x);

}  // namespace heed::inline HEED_REAL
