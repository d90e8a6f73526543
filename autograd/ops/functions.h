// The functions of analysis, element by element.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor sqrt(const Tensor& x);
Tensor square(const Tensor& x);
Tensor abs(const Tensor& x);  // derivative 0 at 0
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor erf(const Tensor& x);

}  // namespace heed::inline HEED_REAL
