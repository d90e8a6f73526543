// By frequency: sums of cosines and shifts written out, without any fast transform. Lee-Thorp et
// al. 2021, arXiv 2105.03824; Rao et al. 2021, arXiv 2107.00645; Wu et al. 2021, arXiv 2106.13008;
// Zhou et al. 2022, arXiv 2201.12740.
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

using Complex = std::complex<double>;
using std::size_t;

// e^{2 pi i turns}
Complex unit(double turns) { return std::polar(1.0, 2 * std::numbers::pi * turns); }
double share(size_t a, size_t b, size_t n) {
  return static_cast<double>(a * b % n) / static_cast<double>(n);
}

// Frequency f of channel c of x (B, T, C), on a ring of n places.
Complex frequency(const Array& x, size_t b, size_t c, size_t f, size_t n) {
  Complex sum = 0;
  for (size_t t = 0; t < x.shape(1); ++t) sum += x(b, t, c) * unit(-share(f, t, n));
  return sum;
}

// What frequency f, of 0 ... n / 2, adds at place t, together with its mirror image n - f.
double wave(Complex spectrum, size_t f, size_t t, size_t n) {
  const double times = f == 0 || 2 * f == n ? 1 : 2;
  return times * (spectrum * unit(share(f, t, n))).real() / static_cast<double>(n);
}

// Padding counts as 0.
Array shown(const Given& in, const Array& x) { return x * xt::expand_dims(in.real, 2); }

}  // namespace

Array fnet(const Given& in) {
  const size_t length = in.x.shape(1), width = in.x.shape(2);
  Array y = xt::zeros<double>(in.x.shape());
  for (size_t b = 0; b < in.x.shape(0); ++b) {
    for (size_t t = 0; t < length; ++t) {
      for (size_t c = 0; c < width; ++c) {
        for (size_t s = 0; s < length; ++s) {
          for (size_t k = 0; k < width; ++k) {
            y(b, t, c) += unit(share(t, s, length) + share(c, k, width)).real() * in.x(b, s, k);
          }
        }
      }
    }
  }
  return y;
}

Array gfnet(const Given& in) {
  const Array& filter = in["complex_weight"];  // (L / 2 + 1, C, 2), L of 7 places
  const size_t ring = 7;
  const Array x = shown(in, in.x);
  Array y = xt::zeros<double>(x.shape());
  for (size_t b = 0; b < x.shape(0); ++b) {
    for (size_t c = 0; c < x.shape(2); ++c) {
      for (size_t f = 0; f < filter.shape(0); ++f) {
        const Complex made =
            frequency(x, b, c, f, ring) * Complex(filter(f, c, 0), filter(f, c, 1));
        for (size_t t = 0; t < x.shape(1); ++t) y(b, t, c) += wave(made, f, t, ring);
      }
    }
  }
  return y;
}

Array auto_correlation(const Given& in) {
  const Projected at = projected(in, {1, in.heads, in.heads});  // (B, H, T, D)
  const size_t length = at.q.shape(2), size = at.q.shape(3);
  const auto count = static_cast<size_t>(in.option.at("factor") *
                                         std::log(static_cast<double>(length)));
  Array y = xt::zeros<double>(at.v.shape());
  for (size_t b = 0; b < at.q.shape(0); ++b) {
    for (size_t h = 0; h < in.heads; ++h) {
      std::vector<double> r(length, 0.0);
      for (size_t lag = 0; lag < length; ++lag) {
        for (size_t t = 0; t < length; ++t) {
          for (size_t d = 0; d < size; ++d) {
            r[lag] += at.q(b, h, (t + lag) % length, d) * at.k(b, h, t, d) /
                      static_cast<double>(size);
          }
        }
      }
      std::vector<size_t> order(length);
      std::iota(order.begin(), order.end(), size_t{0});
      std::ranges::sort(order, std::greater<>(), [&](size_t lag) { return r[lag]; });
      double total = 0;
      for (size_t i = 0; i < count; ++i) total += std::exp(r[order[i]]);
      for (size_t i = 0; i < count; ++i) {
        for (size_t t = 0; t < length; ++t) {
          for (size_t d = 0; d < size; ++d) {
            y(b, h, t, d) +=
                std::exp(r[order[i]]) / total * at.v(b, h, (t + order[i]) % length, d);
          }
        }
      }
    }
  }
  return output(in, y);
}

Array fedformer(const Given& in) {
  const Array& matrices = in["matrices"];  // (M, H, D, D, 2): all four frequencies of 7 places
  const size_t ring = 7, size = matrices.shape(2);
  const Array q = shown(in, linear(in.x, in["query.weight"], in["query.bias"]));
  Array y = xt::zeros<double>(q.shape());
  for (size_t b = 0; b < q.shape(0); ++b) {
    for (size_t c = 0; c < q.shape(2); ++c) {
      const size_t h = c / size, e = c % size;
      for (size_t f = 0; f < matrices.shape(0); ++f) {
        Complex made = 0;
        for (size_t d = 0; d < size; ++d) {
          made += frequency(q, b, h * size + d, f, ring) *
                  Complex(matrices(f, h, d, e, 0), matrices(f, h, d, e, 1));
        }
        for (size_t t = 0; t < q.shape(1); ++t) y(b, t, c) += wave(made, f, t, ring);
      }
    }
  }
  return y;
}

}  // namespace heed_test::formula
