// The functions of analysis, element by element. Outside of its domain a function is NaN, and at
// its edge the limit: log(0) is -inf. Derivatives there are what their formulas give: that of sqrt
// at 0 is inf.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

Tensor exp(const Tensor& x);    // e^x
Tensor expm1(const Tensor& x);  // e^x - 1, with all digits beside 0
Tensor log(const Tensor& x);    // to the base e
Tensor log1p(const Tensor& x);  // log(1 + x), with all digits beside 0
Tensor sqrt(const Tensor& x);    // the square root
Tensor rsqrt(const Tensor& x);   // 1 / sqrt(x)
Tensor square(const Tensor& x);  // x^2
Tensor abs(const Tensor& x);     // |x|, derivative 0 at 0
Tensor sin(const Tensor& x);     // of an angle in radians
Tensor cos(const Tensor& x);     // of an angle in radians
Tensor tan(const Tensor& x);     // of an angle in radians
Tensor asin(const Tensor& x);    // the angle between -pi/2 and pi/2 with this sine
Tensor acos(const Tensor& x);    // the angle between 0 and pi with this cosine
Tensor atan(const Tensor& x);    // the angle between -pi/2 and pi/2 with this tangent
Tensor sinh(const Tensor& x);    // (e^x - e^-x) / 2
Tensor cosh(const Tensor& x);    // (e^x + e^-x) / 2
Tensor asinh(const Tensor& x);   // log(x + sqrt(x^2 + 1))
Tensor acosh(const Tensor& x);   // log(x + sqrt(x^2 - 1)), from 1 on
Tensor atanh(const Tensor& x);   // log((1 + x) / (1 - x)) / 2, between -1 and 1
Tensor erf(const Tensor& x);     // 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x


// Steps, whose derivative is 0 everywhere.
Tensor sign(const Tensor& x);   // -1, 0 or 1; of NaN NaN (PyTorch: 0)
Tensor floor(const Tensor& x);  // the next whole number below
Tensor round(const Tensor& x);  // the nearest whole number, halves to the even one

}  // namespace heed::inline HEED_REAL
