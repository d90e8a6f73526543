// Layer normalisation. Fused, with its composed twin in twins.h.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// (x - mean) / sqrt(variance + eps) * weight + bias over the last axis, with the biased variance.
// x (..., n), weight and bias (n), either undefined for 1 and 0 -> the shape of x. Throws
// ShapeError, and ValueError unless eps >= 0. Ba, Kiros, Hinton 2016, arXiv 1607.06450.
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps = 1e-5);
// The same over the last axes, whose extents are `over`: x (..., over), weight and bias (over).
Tensor layer_norm(const Tensor& x, const Shape& over, const Tensor& weight, const Tensor& bias,
                  double eps = 1e-5);

}  // namespace heed::inline HEED_REAL
