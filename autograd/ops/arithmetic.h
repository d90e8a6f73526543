// Element by element, two arguments, which broadcast as in NumPy.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// As IEEE 754 has them: 1 / 0 is inf, 0 / 0 is NaN.
Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator+(const Tensor& a, double b);
Tensor operator-(const Tensor& a, double b);
Tensor operator*(const Tensor& a, double b);
Tensor operator/(const Tensor& a, double b);
Tensor operator+(double a, const Tensor& b);
Tensor operator-(double a, const Tensor& b);
Tensor operator*(double a, const Tensor& b);
Tensor operator/(double a, const Tensor& b);
Tensor operator-(const Tensor& x);
// The larger / smaller of two; at a tie the gradient goes half to each. NaN in either gives NaN.
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);
Tensor maximum(const Tensor& a, double b);
Tensor minimum(const Tensor& a, double b);
// a^b, as PyTorch and IEEE 754 have it: 0^0 = 1 and anything^0 = 1, NaN included; a negative base
// has a power only where b is whole, NaN elsewhere.
//   d/da = b a^(b-1), and 0 where b = 0, also at a = 0.
//   d/db = y log(a): NaN for a negative base; at a = 0 it is 0 where b >= 0, -inf where b < 0.
Tensor pow(const Tensor& a, const Tensor& b);
Tensor pow(const Tensor& a, double b);
Tensor pow(double a, const Tensor& b);

}  // namespace heed::inline HEED_REAL
