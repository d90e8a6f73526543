// The affine map. Fused, with its composed twin in twins.h.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// x (..., in), weight (out, in) as PyTorch keeps it, bias (out) or undefined -> (..., out).
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);

}  // namespace heed::inline HEED_REAL
