// Root mean square normalisation. Fused, with its composed twin in twins.h.
#pragma once

#include <limits>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// x / sqrt(mean(x^2) + eps) * weight over the last axis; eps is PyTorch's. x (..., n), weight (n)
// or undefined for 1 -> the shape of x. Throws ShapeError, and ValueError unless eps >= 0. Zhang
// and Sennrich 2019, arXiv 1910.07467, equation 4.
Tensor rms_norm(const Tensor& x, const Tensor& weight,
                double eps = std::numeric_limits<Real>::epsilon());

}  // namespace heed::inline HEED_REAL
