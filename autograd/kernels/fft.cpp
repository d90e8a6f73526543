#include "autograd/kernels/fft.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <kissfft/kissfft.hh>

#include "autograd/ledger.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// In double for floats too: kissfft makes its factors in its own type from rounded angles, whose
// error grows with the length.
using Complex = std::complex<double>;

std::size_t size_of(Index n) { return static_cast<std::size_t>(n); }

// e^{i pi numerator / denominator}
Complex unit(Index numerator, Index denominator) {
  constexpr double pi = 3.14159265358979323846;
  const Index turn = 2 * denominator;
  return std::polar(1.0,
                    pi * static_cast<double>(numerator % turn) / static_cast<double>(denominator));
}

Index logarithm(Index n) {
  Index log = 0;
  while (Index{1} << log < n) ++log;
  return log;
}

Index largest_factor(Index n) {
  Index largest = 1;
  for (Index p = 2; p * p <= n; ++p) {
    for (; n % p == 0; n /= p) largest = p;
  }
  return std::max(largest, n);
}

// The time of kissfft grows with the largest prime factor; above this one the detour is shorter.
constexpr Index slow_factor = 60;
bool is_slow(Index n) { return largest_factor(n) > slow_factor; }

// One length and direction. Not for two threads at once: each takes a copy.
//
// A slow length goes the way of Bluestein 1970: with j k = (j^2 + k^2 - (k - j)^2) / 2 and the
// chirp c_j = e^{-+ i pi j^2 / n}, the sum is X_k = c_k sum_j (x_j c_j) conj(c_{k - j}), a
// convolution, which transforms of a power of two make.
class FourierPlan {
 public:
  FourierPlan(Index n, bool inverse)
      : n_(n),
        padded_(is_slow(n) ? Index{1} << logarithm(2 * n - 1) : n),
        plan_(size_of(padded_), inverse && padded_ == n) {
    if (padded_ == n) return;
    std::vector<Complex> mirrored(size_of(padded_));
    for (Index j = 0; j < n; ++j) {
      const Complex c = unit(j * j % (2 * n), n);
      chirp_.push_back(inverse ? c : std::conj(c));
      mirrored[size_of(j)] = std::conj(chirp_.back()) / static_cast<double>(padded_);
      mirrored[size_of(j == 0 ? 0 : padded_ - j)] = mirrored[size_of(j)];
    }
    spectrum_.resize(size_of(padded_));
    plan_.transform(mirrored.data(), spectrum_.data());
    before_.resize(size_of(padded_));
    after_.resize(size_of(padded_));
  }

  Index n() const { return n_; }

  // to[k] = sum_j from[j] e^{-+ 2 pi i j k / n}
  void transform(const Complex* from, Complex* to) {
    if (chirp_.empty()) return plan_.transform(from, to);
    std::fill(before_.begin(), before_.end(), Complex());
    for (Index j = 0; j < n_; ++j) before_[size_of(j)] = from[j] * chirp_[size_of(j)];
    plan_.transform(before_.data(), after_.data());
    // The way back is the way forward between conjugates.
    for (Index k = 0; k < padded_; ++k) {
      before_[size_of(k)] = std::conj(after_[size_of(k)] * spectrum_[size_of(k)]);
    }
    plan_.transform(before_.data(), after_.data());
    for (Index k = 0; k < n_; ++k) to[k] = std::conj(after_[size_of(k)]) * chirp_[size_of(k)];
  }

 private:
  Index n_;
  Index padded_;
  kissfft<double> plan_;
  std::vector<Complex> chirp_, spectrum_, before_, after_;  // of a slow length only
};

// load(row, in) makes the input of a transform, store(row, out) takes the result.
template <class Load, class Store>
void transform_rows(Index rows, const FourierPlan& shared, Load load, Store store) {
  constexpr Index worth = Index{1} << 14;  // of work for a thread
  const Index n = shared.n();
  const Index together = std::max<Index>(1, worth / (n * std::max<Index>(1, logarithm(n))));
  parallel_for((rows + together - 1) / together, [&](Index tile) {
    FourierPlan plan = shared;
    std::vector<Complex> in(size_of(n)), out(size_of(n));
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

Complex read(const Real* x, Index k) { return {x[2 * k], x[2 * k + 1]}; }
void write(Real* y, Index k, Complex z) {
  y[2 * k] = static_cast<Real>(z.real());
  y[2 * k + 1] = static_cast<Real>(z.imag());
}

// e^{-2 pi i k / n} for k = 0 ... n / 2.
std::vector<Complex> half_turn(Index n) {
  std::vector<Complex> factors;
  for (Index k = 0; k <= n / 2; ++k) factors.push_back(std::conj(unit(2 * k, n)));
  factors.back() = -1;  // exactly
  return factors;
}

constexpr Complex i{0, 1};

}  // namespace

void fft_rows(Index rows, Index n, bool inverse, double factor, const Real* x, Real* y) {
  transform_rows(
      rows, FourierPlan(n, inverse),
      [&](Index row, Complex* in) {
        for (Index j = 0; j < n; ++j) in[j] = read(x + row * 2 * n, j);
      },
      [&](Index row, const Complex* out) {
        for (Index k = 0; k < n; ++k) write(y + row * 2 * n, k, out[k] * factor);
      });
}

// Even and odd samples are the two parts of n / 2 complex ones, and their spectra are taken apart
// afterwards: half the work. An odd n goes the long way.
void rfft_rows(Index rows, Index n, const Real* x, Real* y) {
  const Index bins = n / 2 + 1;
  if (n % 2 != 0) {
    return transform_rows(
        rows, FourierPlan(n, false),
        [&](Index row, Complex* in) { std::copy_n(x + row * n, n, in); },
        [&](Index row, const Complex* out) {
          write(y + row * 2 * bins, 0, {out[0].real(), 0 * out[0].imag()});  // not quite 0
          for (Index k = 1; k < bins; ++k) write(y + row * 2 * bins, k, out[k]);
        });
  }
  const Index half = n / 2;
  const std::vector<Complex> factors = half_turn(n);
  transform_rows(
      rows, FourierPlan(half, false),
      [&](Index row, Complex* in) {
        for (Index j = 0; j < half; ++j) in[j] = read(x + row * n, j);
      },
      [&](Index row, const Complex* out) {
        for (Index k = 0; k <= half; ++k) {
          const Complex a = out[k % half], b = std::conj(out[(half - k) % half]);
          const Complex even = 0.5 * (a + b), odd = -0.5 * i * (a - b);
          write(y + row * 2 * bins, k, even + factors[size_of(k)] * odd);
        }
      });
}

void irfft_rows(Index rows, Index n, const Real* x, Real* y) {
  const Index bins = n / 2 + 1;
  const double factor = 1 / static_cast<double>(n);
  if (n % 2 != 0) {
    return transform_rows(
        rows, FourierPlan(n, true),
        [&](Index row, Complex* in) {
          const Real* from = x + row * 2 * bins;
          in[0] = from[0];
          for (Index k = 1; k < bins; ++k) {
            in[k] = read(from, k);
            in[n - k] = std::conj(in[k]);
          }
        },
        [&](Index row, const Complex* out) {
          for (Index j = 0; j < n; ++j) {
            y[row * n + j] = static_cast<Real>(out[j].real() * factor);
          }
        });
  }
  const Index half = n / 2;
  const std::vector<Complex> factors = half_turn(n);
  transform_rows(
      rows, FourierPlan(half, true),
      [&](Index row, Complex* in) {
        const Real* from = x + row * 2 * bins;
        for (Index k = 0; k < half; ++k) {
          const Complex a = k == 0 ? from[0] : read(from, k);
          const Complex b = k == 0 ? from[2 * half] : std::conj(read(from, half - k));
          in[k] = (a + b) + i * (a - b) * std::conj(factors[size_of(k)]);
        }
      },
      [&](Index row, const Complex* out) {
        for (Index j = 0; j < half; ++j) write(y + row * n, j, out[j] * factor);
      });
}

}  // namespace heed::inline HEED_REAL
