// Poli et al. 2023, arXiv 2302.10866, definition 3.1, with the filter network of section 3.3: every
// sum written out.
#include <cmath>
#include <numbers>
#include <vector>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

// h(t) of all channels: the network of t / L, times the window. (T, C).
Array filter_of(const Given& in, std::size_t tokens, double length) {
  const auto bands = static_cast<std::size_t>(in.option.at("bands"));
  Array at = xt::zeros<double>({tokens, 1 + 2 * bands});
  for (std::size_t t = 0; t < tokens; ++t) {
    const double part = static_cast<double>(t) / length;
    at(t, 0) = part;
    for (std::size_t k = 1; k <= bands; ++k) {
      at(t, 2 * k - 1) = std::cos(2 * std::numbers::pi * static_cast<double>(k) * part);
      at(t, 2 * k) = std::sin(2 * std::numbers::pi * static_cast<double>(k) * part);
    }
  }
  Array h = xt::sin(linear(at, in["filter.in.weight"], in["filter.in.bias"]));
  h = xt::sin(linear(h, in["filter.hidden.weight"], in["filter.hidden.bias"]));
  h = linear(h, in["filter.out.weight"]);
  const std::size_t channels = h.shape(1);
  for (std::size_t c = 0; c < channels; ++c) {
    const double step = static_cast<double>(c) / static_cast<double>(channels - 1);
    const double rate = std::log(100) * ((1 - step) / 0.3 + step / 1.5);
    for (std::size_t t = 0; t < tokens; ++t) {
      h(t, c) *= std::exp(-rate * static_cast<double>(t) / length);
    }
  }
  return h;
}

// u as its windows see it: each ends at its token.
Array looked_back(const Array& u, const Array& window, const Array& bias) {
  Array y = xt::zeros<double>(u.shape());
  const std::size_t taps = window.shape(2);
  for (std::size_t b = 0; b < u.shape(0); ++b) {
    for (std::size_t t = 0; t < u.shape(1); ++t) {
      for (std::size_t c = 0; c < u.shape(2); ++c) {
        y(b, t, c) = bias(c);
        for (std::size_t s = 0; s < taps && s <= t; ++s) {
          y(b, t, c) += window(c, 0, taps - 1 - s) * u(b, t - s, c);
        }
      }
    }
  }
  return y;
}

}  // namespace

// Of order 2: y = x_2 (h * x_1 v + d x_1 v).
Array hyena(const Given& in) {
  const double length = 7;
  const Array real = xt::expand_dims(in.real, 2);
  const Array u = linear(in.x, in["in_proj.weight"], in["in_proj.bias"]) * real;
  const Array s = looked_back(u, in["window.weight"], in["window.bias"]);
  const std::size_t tokens = in.x.shape(1), width = in.x.shape(2);
  const Array h = filter_of(in, tokens, length);
  Array y = xt::zeros<double>(in.x.shape());
  for (std::size_t b = 0; b < in.x.shape(0); ++b) {
    for (std::size_t c = 0; c < width; ++c) {
      const auto stored = [&](std::size_t t) {
        return s(b, t, width + c) * s(b, t, 2 * width + c) * in.real(b, t);
      };
      for (std::size_t t = 0; t < tokens; ++t) {
        double sum = in["skips"](0, c) * stored(t);
        for (std::size_t from = 0; from <= t; ++from) sum += h(t - from, c) * stored(from);
        y(b, t, c) = s(b, t, c) * sum * in.real(b, t);
      }
    }
  }
  return linear(y, in["out_proj.weight"], in["out_proj.bias"]);
}

}  // namespace heed_test::formula
