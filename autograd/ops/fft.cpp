#include "autograd/ops/fft.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <kissfft/kissfft.hh>

#include "autograd/graph.h"
#include "autograd/ledger.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// In double for floats too: kissfft makes its factors in its own type from rounded angles, whose
// error grows with the length.
using Complex = std::complex<double>;
using Plan = kissfft<double>;

Index logarithm(Index n) {
  Index log = 0;
  while (Index{1} << log < n) ++log;
  return log;
}

// `rows` transforms of length n: load(row, in) makes the input of one, store(row, out) takes the
// result.
template <class Load, class Store>
void transform_rows(Index rows, Index n, bool inverse, Load load, Store store) {
  constexpr Index worth = Index{1} << 14;  // of work for a thread
  const Index work = n * std::max<Index>(1, logarithm(n));
  const Index together = std::max<Index>(1, worth / work);
  const auto length = static_cast<std::size_t>(n);
  const Plan shared(length, inverse);
  parallel_for((rows + together - 1) / together, [&](Index tile) {
    const Plan plan = shared;  // it works in a buffer of its own
    std::vector<Complex> in(length), out(length);
    for (Index r = tile * together; r < std::min(rows, (tile + 1) * together); ++r) {
      load(r, in.data());
      if (std::all_of(in.begin(), in.end(), [](const Complex& z) {
            return std::isfinite(z.real()) && std::isfinite(z.imag());
          })) {
        plan.transform(in.data(), out.data());
      } else {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        std::fill(out.begin(), out.end(), Complex(nan, nan));
      }
      store(r, out.data());
    }
  });
  // By convention: what a transform of radix 2 would take.
  count_cost(static_cast<std::uint64_t>(2 * rows * n * logarithm(n)), 0);
}

void count_moved(const Tensor& x, const Tensor& y) {
  count_cost(0, static_cast<std::uint64_t>(x.size() + y.size()) * sizeof(Real));
}

// The number of samples of complex x.
Index check_complex(const char* op, const Tensor& x) {
  if (x.rank() < 2 || x.dim(-1) != 2) {
    throw ShapeError(fmt::format(
        "[{}] x must be (..., n, 2), real and imaginary part along the last axis, got {}", op,
        x.shape().str()));
  }
  if (x.dim(-2) == 0) throw ShapeError(fmt::format("[{}] there are no samples to transform", op));
  return x.dim(-2);
}

// Both directions between complex numbers, each result times `factor`.
Tensor complex_transform(const char* op, const Tensor& x, bool inverse, double factor) {
  const Index n = check_complex(op, x);
  Tensor y = Tensor::empty(x.shape());
  transform_rows(
      x.size() / (2 * n), n, inverse,
      [&](Index row, Complex* in) {
        const Real* from = x.data() + row * 2 * n;
        for (Index j = 0; j < n; ++j) in[j] = {from[2 * j], from[2 * j + 1]};
      },
      [&](Index row, const Complex* out) {
        Real* to = y.mutable_data() + row * 2 * n;
        for (Index k = 0; k < n; ++k) {
          to[2 * k] = static_cast<Real>(out[k].real() * factor);
          to[2 * k + 1] = static_cast<Real>(out[k].imag() * factor);
        }
      });
  count_moved(x, y);
  return y;
}

// Is the frequency its own mirror image, so that its imaginary part is 0?
bool is_real(Index k, Index n) { return k == 0 || 2 * k == n; }

// (n / 2 + 1, 1): 1 for the frequencies that are their own mirror image, `factor` for those that
// stand for two.
Tensor mirror_weights(Index n, double factor) {
  const Index bins = n / 2 + 1;
  Tensor weights = Tensor::full({bins, 1}, static_cast<Real>(factor));
  for (Index k = 0; k < bins; ++k) {
    if (is_real(k, n)) weights.mutable_data()[k] = 1;
  }
  return weights;
}

}  // namespace

Tensor fft(const Tensor& x) {
  Tensor y = complex_transform("fft", x, false, 1);
  const auto n = static_cast<double>(x.dim(-2));
  return differentiable("fft", std::move(y), wrt(x, [n](const Tensor& g) { return ifft(g) * n; }));
}

Tensor ifft(const Tensor& x) {
  const auto n = static_cast<double>(check_complex("ifft", x));
  Tensor y = complex_transform("ifft", x, true, 1 / n);
  return differentiable("ifft", std::move(y), wrt(x, [n](const Tensor& g) { return fft(g) / n; }));
}

Tensor rfft(const Tensor& x) {
  if (x.rank() == 0 || x.dim(-1) == 0) {
    throw ShapeError(fmt::format("[rfft] x {} has no samples to transform", x.shape().str()));
  }
  const Index n = x.dim(-1);
  const Index bins = n / 2 + 1;
  Tensor y = Tensor::empty(x.shape().with(-1, bins).inserted(x.rank(), 2));
  transform_rows(
      x.size() / n, n, false,
      [&](Index row, Complex* in) { std::copy_n(x.data() + row * n, n, in); },
      [&](Index row, const Complex* out) {
        Real* to = y.mutable_data() + row * 2 * bins;
        for (Index k = 0; k < bins; ++k) {
          to[2 * k] = static_cast<Real>(out[k].real());
          // Not quite 0 where it must be.
          const double part = is_real(k, n) ? 0 * out[k].imag() : out[k].imag();
          to[2 * k + 1] = static_cast<Real>(part);
        }
      });
  count_moved(x, y);
  return differentiable("rfft", std::move(y), wrt(x, [n](const Tensor& g) {
                          return irfft(g * mirror_weights(n, 0.5), n) * static_cast<double>(n);
                        }));
}

Tensor irfft(const Tensor& x, Index n) {
  const Index bins = check_complex("irfft", x);
  if (n < 1 || n / 2 + 1 != bins) {
    throw ShapeError(
        fmt::format("[irfft] {} samples do not come from the {} frequencies of x {}\n"
                    "hint: n samples have n / 2 + 1",
                    n, bins, x.shape().str()));
  }
  Tensor y = Tensor::empty(x.shape().erased(-1).with(-1, n));
  transform_rows(
      y.size() / n, n, true,
      [&](Index row, Complex* in) {
        const Real* from = x.data() + row * 2 * bins;
        for (Index k = 0; k < bins; ++k) {
          in[k] = {from[2 * k], is_real(k, n) ? 0 : from[2 * k + 1]};
          if (!is_real(k, n)) in[n - k] = std::conj(in[k]);
        }
      },
      [&](Index row, const Complex* out) {
        Real* to = y.mutable_data() + row * n;
        for (Index j = 0; j < n; ++j) {
          to[j] = static_cast<Real>(out[j].real() / static_cast<double>(n));
        }
      });
  count_moved(x, y);
  return differentiable("irfft", std::move(y), wrt(x, [n](const Tensor& g) {
                          return rfft(g) * mirror_weights(n, 2) / static_cast<double>(n);
                        }));
}

}  // namespace heed::inline HEED_REAL
