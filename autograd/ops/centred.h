// Numbers without their mean.
#pragma once

#include "autograd/axes.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// x - mean(x) over the axes, and then without the mean of that: beside a large mean the first
// subtraction leaves what rounding has done to the mean, the second takes it off.
Tensor centred(const Tensor& x, const Axes& axes);

}  // namespace heed::inline HEED_REAL
