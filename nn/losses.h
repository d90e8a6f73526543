// Losses that are not operations of their own. Cross-entropy is one: autograd/ops.h.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// The mean of (prediction - target)^2 over all elements -> scalar. Throws ShapeError unless the
// shapes are equal: broadcasting here is nearly always a mistake.
Tensor mse(const Tensor& prediction, const Tensor& target);

}  // namespace heed::inline HEED_REAL::nn
