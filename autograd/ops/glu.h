// The gated linear unit.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// a * sigmoid(b), where a and b are the first and the second half of x along an axis. Dauphin, Fan,
// Auli, Grangier 2017, arXiv 1612.08083, equation 1. Throws ShapeError unless the extent is even.
Tensor glu(const Tensor& x, int axis = -1);

}  // namespace heed::inline HEED_REAL
