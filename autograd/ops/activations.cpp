// The nonlinearities of neural networks.
#include <fmt/format.h>

#include "autograd/calling.h"
#include "autograd/ops/elementwise.h"

namespace heed::inline HEED_REAL {

static constexpr double normal_peak = 0.39894228040143268;  // 1 / sqrt(2 pi)
static constexpr double root_8_pi = 1.5957691216057308;     // 2 sqrt(2 / pi)
static constexpr double gelu_cubic = 0.044715;

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

Tensor leaky_relu(const Tensor& x, double slope) {
  return unary(
      "leaky_relu", x, [slope](const auto& v) { return where(v > 0.0, v, v * slope); },
      [slope](const auto& g, const auto& v, const auto&) { return where(v > 0.0, g, g * slope); });
}

Tensor elu(const Tensor& x, double alpha) {
  // What is not taken stays at e^0: an overflow there would come back as 0 * inf one order later.
  return unary(
      "elu", x, [alpha](const auto& v) { return where(v > 0.0, v, alpha * expm1(v)); },
      [alpha](const auto& g, const auto& v, const auto&) {
        return g * where(v > 0.0, 1.0, alpha * exp(where(v > 0.0, 0.0, v)));
      });
}

Tensor selu(const Tensor& x) {
  const Calling calling("selu");
  return elu(x, 1.6732632423543772848) * 1.0507009873554804934;
}

Tensor celu(const Tensor& x, double alpha) {
  if (alpha == 0) throw ValueError("[celu] alpha must not be 0");
  return unary(
      "celu", x,
      [alpha](const auto& v) { return where(v > 0.0, v, alpha * expm1(v * (1 / alpha))); },
      [alpha](const auto& g, const auto& v, const auto&) {
        return g * where(v > 0.0, 1.0, exp(where(v > 0.0, 0.0, v) * (1 / alpha)));
      });
}

Tensor prelu(const Tensor& x, const Tensor& weight) {
  Shape beside = weight.shape();  // (C) -> (C, 1, ...), to meet axis 1 of x
  if (weight.size() == 1) {
    beside = {};
  } else if (x.rank() >= 2 && beside == Shape{x.dim(1)}) {
    while (beside.rank() < x.rank() - 1) beside = beside.inserted(beside.rank(), 1);
  } else {
    throw ShapeError(fmt::format("[prelu] weight must be one, or one for each channel on axis 1 "
                                 "of x {}, got {}",
                                 x.shape().str(), weight.shape().str()));
  }
  return binary(
      "prelu", x, reshape(weight, beside),
      [](const auto& v, const auto& w) { return where(v > 0.0, v, w * v); },
      [](const auto& g, const auto& v, const auto& w, const auto&) {
        return where(v > 0.0, g, g * w);
      },
      [](const auto& g, const auto& v, const auto&, const auto&) {
        return where(v > 0.0, 0.0, g * v);
      });
}

Tensor hard_sigmoid(const Tensor& x) {
  return unary(
      "hard_sigmoid", x,
      [](const auto& v) {
        return where(v < -3.0, Lane(0.0), where(v > 3.0, Lane(1.0), v * (1.0 / 6) + 0.5));
      },
      [](const auto& g, const auto& v, const auto&) {
        return where((v > -3.0) & (v < 3.0), g * (1.0 / 6), 0.0);
      });
}

Tensor softsign(const Tensor& x) {
  // Beyond 1e30 the 1 is nothing in either precision; inf / inf would make NaN of the limits.
  return unary(
      "softsign", x,
      [](const auto& v) {
        return where(abs(v) > 1e30, with_sign_of(v, Lane(1.0)), v / (1.0 + abs(v)));
      },
      [](const auto& g, const auto& v, const auto&) { return g / square(1.0 + abs(v)); });
}

Tensor hardswish(const Tensor& x) {
  return unary(
      "hardswish", x,
      [](const auto& v) {
        return where(v < -3.0, Lane(0.0), where(v > 3.0, v, v * (v * (1.0 / 6) + 0.5)));
      },
      [](const auto& g, const auto& v, const auto&) {
        const auto bend = where((v > -3.0) & (v < 3.0), v, 0.0);
        const auto slope = where(v < 3.0, bend * (1.0 / 3) + 0.5, 1.0);
        return g * where(v > -3.0, slope, 0.0);
      });
}

// tanh(log(1 + e^v)), of numbers up to 40: with n = e^v (e^v + 2) it is n / (n + 2).
template <class T>
static auto mish_share(const T& v) {
  const auto e = exp(v);
  const auto n = e * (e + 2.0);
  return n / (n + 2.0);
}

Tensor mish(const Tensor& x) {
  // Beyond +-40 the share is 0 or 1 in either precision, and e^80 is no overflow in float.
  return unary(
      "mish", x,
      [](const auto& v) {
        return at_least(-1000.0, v) * mish_share(at_most(40.0, v));
      },
      [](const auto& g, const auto& v, const auto&) {
        const auto far = abs(v) > 40.0;
        const auto near = where(far, 0.0, v);
        const auto t = mish_share(near);
        const auto slope = t + near * (1.0 - t * t) * sigmoid(near);
        return g * where(far, where(v > 0.0, 1.0, near), slope);
      });
}

// The density of the normal distribution, given the square of the number: over lanes, over tensors,
// and over what only notes what is used.
static Lane normal_density(Lane square) { return exp_up_to_88(square * -0.5) * normal_peak; }
static Tensor normal_density(const Tensor& square) { return exp(square * -0.5) * normal_peak; }
template <unsigned A>
static Use<A> normal_density(Use<A>) {
  return {};
}

// Its integral from -inf on. Over lanes both share an exponential.
static Tensor normal_cdf(const Tensor& x) {
  return unary(
      "normal_cdf", x, [](const auto& v) { return normal_cdf(v); },
      [](const auto& g, const auto& v, const auto&) { return g * normal_density(v * v); });
}
template <unsigned A>
static Use<A> normal_cdf(Use<A>) {
  return {};
}

Tensor gelu(const Tensor& x) {
  // Beyond +-40 the tails are 0 in either precision; inf * 0 would make NaN of the limits there.
  return unary(
      "gelu", x, [](const auto& v) { return at_least(-40.0, v) * normal_cdf(v); },
      [](const auto& g, const auto& v, const auto&) {
        const auto square = v * v;
        const auto slope = where(square < 1600.0, v * normal_density(square), 0.0);
        return g * (normal_cdf(v) + slope);
      });
}

Tensor gelu_tanh(const Tensor& x) {
  // (1 + tanh(t)) / 2 is sigmoid(2t), which keeps its digits where tanh comes close to -1. Beyond
  // +-40 the sigmoid is 0 or 1; inf * 0 would make NaN of the limits there, and v * v * v an
  // infinity whose derivatives are NaN.
  const auto share = [](const auto& v) {
    return sigmoid(root_8_pi * (v + gelu_cubic * (v * v * v)));
  };
  return unary(
      "gelu_tanh", x, [share](const auto& v) { return at_least(-40.0, v) * share(v); },
      [share](const auto& g, const auto& v, const auto&) {
        const auto far = abs(v) > 40.0;
        const auto near = where(far, 0.0, v);
        const auto s = where(far, where(v > 0.0, 1.0, near), share(near));
        const auto inner = root_8_pi * (1.0 + 3.0 * gelu_cubic * (near * near));
        return g * (s + near * (s * (1.0 - s)) * inner);
      });
}

Tensor silu(const Tensor& x) {
  // Beyond +-1000 the sigmoid is 0 or 1 in either precision; inf * 0 would make NaN of the limits.
  return unary(
      "silu", x, [](const auto& v) { return at_least(-1000.0, v) * sigmoid(v); },
      [](const auto& g, const auto& v, const auto&) {
        const auto s = sigmoid(v);
        const auto near = where(v * v < 1e6, v, 0.0);
        return g * (s + near * (s * (1.0 - s)));
      });
}

Tensor softplus(const Tensor& x) {
  // max(x, 0) + log(1 + e^-|x|): e^-|x| is at most 1, so nothing overflows.
  return unary(
      "softplus", x, [](const auto& v) { return at_least(0.0, v) + log1p(exp_up_to_88(-abs(v))); },
      [](const auto& g, const auto& v, const auto&) { return g * sigmoid(v); });
}

Tensor clamp(const Tensor& x, double low, double high) {
  if (!(low <= high)) {
    throw ValueError(fmt::format("[clamp] low {} must not exceed high {}", low, high));
  }
  return unary(
      "clamp", x,
      [low, high](const auto& v) {
        return where(v < low, Lane(low), where(v > high, Lane(high), v));
      },
      [low, high](const auto& g, const auto& v, const auto&) {
        return where((v >= low) & (v <= high), g, 0.0);
      });
}

}  // namespace heed::inline HEED_REAL
