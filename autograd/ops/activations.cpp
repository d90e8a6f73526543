// The nonlinearities of neural networks.
#include "autograd/ops/elementwise.h"

namespace heed::inline HEED_REAL {

static constexpr double root_half = 0.70710678118654752;    // 1 / sqrt(2)
static constexpr double normal_peak = 0.39894228040143268;  // 1 / sqrt(2 pi)

Tensor tanh(const Tensor& x) {
  return unary(
      "tanh", x, [](const auto& v) { return tanh(v); },
      [](const auto& g, const auto&, const auto& y) { return g * (1.0 - y * y); });
}

Tensor sigmoid(const Tensor& x) {
  return unary(
      "sigmoid", x, [](const auto& v) { return sigmoid(v); },
      [](const auto& g, const auto&, const auto& y) { return g * (y * (1.0 - y)); });
}

Tensor relu(const Tensor& x) {
  // `v < 0` rather than `v > 0`, so that NaN passes through.
  return unary(
      "relu", x, [](const auto& v) { return where(v < 0.0, Lane(0.0), v); },
      [](const auto& g, const auto& v, const auto&) { return where(v > 0.0, g, 0.0); });
}

Tensor gelu(const Tensor& x) {
  // Beyond +-40 the tails are 0 in either precision; inf * 0 would make NaN of the limits there.
  return unary(
      "gelu", x,
      [](const auto& v) { return maximum(v, Lane(-40.0)) * 0.5 * (1.0 + erf(v * root_half)); },
      [](const auto& g, const auto& v, const auto&) {
        const auto square = v * v;
        const auto slope = where(square < 1600.0, v * normal_peak * exp(square * -0.5), 0.0);
        return g * (0.5 * (1.0 + erf(v * root_half)) + slope);
      });
}

Tensor softplus(const Tensor& x) {
  // max(x, 0) + log(1 + e^-|x|): e^-|x| is at most 1, so nothing overflows.
  return unary(
      "softplus", x, [](const auto& v) { return maximum(v, Lane(0.0)) + log(1.0 + exp(-abs(v))); },
      [](const auto& g, const auto& v, const auto&) { return g * sigmoid(v); });
}

}  // namespace heed::inline HEED_REAL
