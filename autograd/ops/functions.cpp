// exp, log and the other elementary functions.
#include <limits>

#include "autograd/ops/elementwise.h"

namespace heed::inline HEED_REAL {

static constexpr double two_over_root_pi = 1.1283791670955126;

Tensor exp(const Tensor& x) {
  return unary(
      "exp", x, [](const auto& v) { return exp(v); },
      [](const auto& g, const auto&, const auto& y) { return g * y; });
}

Tensor expm1(const Tensor& x) {
  // Not g * (y + 1), which is 0 from -37 on.
  return unary(
      "expm1", x, [](const auto& v) { return expm1(v); },
      [](const auto& g, const auto& v, const auto&) { return g * exp(v); });
}

Tensor log(const Tensor& x) {
  return unary(
      "log", x, [](const auto& v) { return log(v); },
      [](const auto& g, const auto& v, const auto&) { return g / v; });
}

Tensor log1p(const Tensor& x) {
  return unary(
      "log1p", x, [](const auto& v) { return log1p(v); },
      [](const auto& g, const auto& v, const auto&) { return g / (1.0 + v); });
}

Tensor sqrt(const Tensor& x) {
  return unary(
      "sqrt", x, [](const auto& v) { return sqrt(v); },
      [](const auto& g, const auto&, const auto& y) { return g * 0.5 / y; });
}

Tensor rsqrt(const Tensor& x) {
  return unary(
      "rsqrt", x, [](const auto& v) { return 1.0 / sqrt(v); },
      [](const auto& g, const auto&, const auto& y) { return g * (-0.5 * y * y * y); });
}

Tensor square(const Tensor& x) {
  return unary(
      "square", x, [](const auto& v) { return v * v; },
      [](const auto& g, const auto& v, const auto&) { return g * 2.0 * v; });
}

Tensor abs(const Tensor& x) {
  return unary(
      "abs", x, [](const auto& v) { return abs(v); },
      [](const auto& g, const auto& v, const auto&) {
        return where(v > 0.0, g, where(v < 0.0, -g, 0.0));
      });
}

Tensor sin(const Tensor& x) {
  return unary(
      "sin", x, [](const auto& v) { return sin(v); },
      [](const auto& g, const auto& v, const auto&) { return g * cos(v); });
}

Tensor cos(const Tensor& x) {
  return unary(
      "cos", x, [](const auto& v) { return cos(v); },
      [](const auto& g, const auto& v, const auto&) { return -(g * sin(v)); });
}

Tensor erf(const Tensor& x) {
  return unary(
      "erf", x, [](const auto& v) { return erf(v); },
      [](const auto& g, const auto& v, const auto&) {
        return g * two_over_root_pi * exp(-(v * v));
      });
}

Tensor tan(const Tensor& x) {
  return unary(
      "tan", x, [](const auto& v) { return tan(v); },
      [](const auto& g, const auto&, const auto& y) { return g * (1.0 + y * y); });
}

Tensor asin(const Tensor& x) {
  return unary(
      "asin", x, [](const auto& v) { return asin(v); },
      [](const auto& g, const auto& v, const auto&) { return g / sqrt((1.0 - v) * (1.0 + v)); });
}

Tensor acos(const Tensor& x) {
  return unary(
      "acos", x, [](const auto& v) { return acos(v); },
      [](const auto& g, const auto& v, const auto&) { return -g / sqrt((1.0 - v) * (1.0 + v)); });
}

Tensor sinh(const Tensor& x) {
  return unary(
      "sinh", x, [](const auto& v) { return sinh(v); },
      [](const auto& g, const auto& v, const auto&) { return g * cosh(v); });
}

Tensor cosh(const Tensor& x) {
  return unary(
      "cosh", x, [](const auto& v) { return cosh(v); },
      [](const auto& g, const auto& v, const auto&) { return g * sinh(v); });
}

Tensor atan(const Tensor& x) {
  return unary(
      "atan", x, [](const auto& v) { return atan(v); },
      [](const auto& g, const auto& v, const auto&) { return g / (1.0 + v * v); });
}

Tensor asinh(const Tensor& x) {
  return unary(
      "asinh", x, [](const auto& v) { return asinh(v); },
      [](const auto& g, const auto& v, const auto&) {
        const auto far = abs(v) > 1e9;  // where the 1 is nothing, and the square may overflow
        const auto near = where(far, 0.0, v);
        return g / where(far, abs(v), sqrt(near * near + 1.0));
      });
}

Tensor acosh(const Tensor& x) {
  return unary(
      "acosh", x, [](const auto& v) { return acosh(v); },
      [](const auto& g, const auto& v, const auto&) {
        return g / (sqrt(v - 1.0) * sqrt(v + 1.0));  // as one product it may overflow
      });
}

Tensor atanh(const Tensor& x) {
  return unary(
      "atanh", x, [](const auto& v) { return atanh(v); },
      [](const auto& g, const auto& v, const auto&) { return g / ((1.0 - v) * (1.0 + v)); });
}

// The derivative is 0, chosen and not multiplied: 0 * inf would be NaN.
template <class Formula>
static Tensor steps(const char* name, const Tensor& x, Formula formula) {
  return unary(name, x, formula, [](const auto& g, const auto& v, const auto&) {
    return where(v > std::numeric_limits<double>::infinity(), g, 0.0);
  });
}

Tensor sign(const Tensor& x) {
  return steps("sign", x, [](Lane v) { return where(v > 0.0, 1.0, where(v < 0.0, -1.0, v)); });
}

Tensor floor(const Tensor& x) {
  return steps("floor", x, [](Lane v) { return floor(v); });
}

Tensor round(const Tensor& x) {
  return steps("round", x, [](Lane v) { return round(v); });
}

}  // namespace heed::inline HEED_REAL
