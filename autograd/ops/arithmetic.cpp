// Arithmetic between tensors, and between a tensor and a number.
#include "autograd/ops/elementwise.h"

namespace heed::inline HEED_REAL {

Tensor operator+(const Tensor& a, const Tensor& b) {
  const auto pass = [](const auto& g, const auto&, const auto&, const auto&) { return g; };
  return binary(
      "add", a, b, [](const auto& u, const auto& v) { return u + v; }, pass, pass);
}

Tensor operator-(const Tensor& a, const Tensor& b) {
  return binary(
      "subtract", a, b, [](const auto& u, const auto& v) { return u - v; },
      [](const auto& g, const auto&, const auto&, const auto&) { return g; },
      [](const auto& g, const auto&, const auto&, const auto&) { return -g; });
}

Tensor operator*(const Tensor& a, const Tensor& b) {
  return binary(
      "multiply", a, b, [](const auto& u, const auto& v) { return u * v; },
      [](const auto& g, const auto&, const auto& v, const auto&) { return g * v; },
      [](const auto& g, const auto& u, const auto&, const auto&) { return g * u; });
}

Tensor operator/(const Tensor& a, const Tensor& b) {
  return binary(
      "divide", a, b, [](const auto& u, const auto& v) { return u / v; },
      [](const auto& g, const auto&, const auto& v, const auto&) { return g / v; },
      [](const auto& g, const auto&, const auto& v, const auto& y) { return -(g * y / v); });
}

// A tie gives half to each side; so does NaN, where no side is larger.
Tensor maximum(const Tensor& a, const Tensor& b) {
  return binary(
      "maximum", a, b, [](const auto& u, const auto& v) { return maximum(u, v); },
      [](const auto& g, const auto& u, const auto& v, const auto&) {
        return where(u > v, g, where(u < v, 0.0, g * 0.5));
      },
      [](const auto& g, const auto& u, const auto& v, const auto&) {
        return where(v > u, g, where(v < u, 0.0, g * 0.5));
      });
}

Tensor minimum(const Tensor& a, const Tensor& b) {
  return binary(
      "minimum", a, b, [](const auto& u, const auto& v) { return minimum(u, v); },
      [](const auto& g, const auto& u, const auto& v, const auto&) {
        return where(u < v, g, where(u > v, 0.0, g * 0.5));
      },
      [](const auto& g, const auto& u, const auto& v, const auto&) {
        return where(v < u, g, where(v > u, 0.0, g * 0.5));
      });
}

Tensor maximum(const Tensor& a, double b) {
  return maximum(a, Tensor::scalar(static_cast<Real>(b)));
}
Tensor minimum(const Tensor& a, double b) {
  return minimum(a, Tensor::scalar(static_cast<Real>(b)));
}

// Each rule replaces the bases at which its own formula is 0 * inf, so that the derivatives of the
// rule do not meet it either.
Tensor pow(const Tensor& a, const Tensor& b) {
  return binary(
      "pow", a, b, [](const auto& u, const auto& v) { return pow(u, v); },
      [](const auto& g, const auto& u, const auto& v, const auto&) {
        const auto flat = eq(v, 0.0) & !((u > 0.0) | (u < 0.0));
        return g * (v * pow(where(flat, 1.0, u), v - 1.0));
      },
      [](const auto& g, const auto& u, const auto& v, const auto& y) {
        const auto zero = eq(u, 0.0) & (v >= 0.0);
        return g * (y * log(where(zero, 1.0, u)));
      });
}

Tensor pow(const Tensor& a, double b) {
  // 1, with a derivative that is chosen to be 0 and not multiplied to it.
  if (b == 0) return where(Mask(Shape{}, {1}), 1.0, a);
  if (b == 2) return square(a);
  return unary(
      "pow_number", a, [b](const auto& v) { return pow(v, Lane(b)); },
      [b](const auto& g, const auto& v, const auto&) { return g * (b * pow(v, b - 1.0)); });
}

Tensor pow(double a, const Tensor& b) { return pow(Tensor::scalar(static_cast<Real>(a)), b); }

Tensor operator+(const Tensor& a, double b) {
  return unary(
      "add_number", a, [b](const auto& v) { return v + b; },
      [](const auto& g, const auto&, const auto&) { return g; });
}
Tensor operator+(double a, const Tensor& b) { return b + a; }
Tensor operator-(const Tensor& a, double b) { return a + -b; }

Tensor operator-(double a, const Tensor& b) {
  return unary(
      "subtract_from_number", b, [a](const auto& v) { return a - v; },
      [](const auto& g, const auto&, const auto&) { return -g; });
}

Tensor operator*(const Tensor& a, double b) {
  return unary(
      "multiply_by_number", a, [b](const auto& v) { return v * b; },
      [b](const auto& g, const auto&, const auto&) { return g * b; });
}
Tensor operator*(double a, const Tensor& b) { return b * a; }

Tensor operator/(const Tensor& a, double b) {
  return unary(
      "divide_by_number", a, [b](const auto& v) { return v / b; },
      [b](const auto& g, const auto&, const auto&) { return g / b; });
}

Tensor operator/(double a, const Tensor& b) {
  return unary(
      "divide_number", b, [a](const auto& v) { return a / v; },
      [](const auto& g, const auto& v, const auto& y) { return -(g * y / v); });
}

Tensor operator-(const Tensor& x) {
  return unary(
      "negate", x, [](const auto& v) { return -v; },
      [](const auto& g, const auto&, const auto&) { return -g; });
}

}  // namespace heed::inline HEED_REAL
