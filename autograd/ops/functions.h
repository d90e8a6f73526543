// The functions of analysis, element by element.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

Tensor exp(const Tensor& x);
Tensor expm1(const Tensor& x);  // e^x - 1, with all digits beside 0
Tensor log(const Tensor& x);
Tensor log1p(const Tensor& x);  // log(1 + x), with all digits beside 0
Tensor sqrt(const Tensor& x);
Tensor rsqrt(const Tensor& x);  // 1 / sqrt(x)
Tensor square(const Tensor& x);
Tensor abs(const Tensor& x);  // derivative 0 at 0
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor erf(const Tensor& x);

}  // namespace heed::inline HEED_REAL
