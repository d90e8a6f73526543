// Fourier transforms of every kind of length against the sum itself in long double: many rows and
// none, along any axis, beside others that are not finite, with any number of threads.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "autograd/threads.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Real;
using heed::Shape;
using heed::Tensor;
// Sums of many terms must not be worse than what is tried.
using Complex = std::complex<long double>;
using Spectrum = std::vector<Complex>;

std::size_t size_of(Index n) { return static_cast<std::size_t>(n); }

// A transform of rows, samples along axis 1 of (outer, n, inner).
struct Kind {
  std::string name;
  bool takes_complex, gives_complex;
  Tensor (*call)(const Tensor&, Index n);
  Complex (*expected)(const Spectrum& row, const Spectrum& roots, Index k);
};

// sum_j row_j e^{sign 2 pi i j k / n}, where roots are e^{2 pi i j / n}.
Complex sum_of_waves(const Spectrum& row, const Spectrum& roots, Index k, int sign) {
  Complex sum = 0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    const Complex root = roots[j * size_of(k) % row.size()];
    sum += row[j] * (sign > 0 ? root : std::conj(root));
  }
  return sum;
}

Complex forward(const Spectrum& row, const Spectrum& roots, Index k) {
  return sum_of_waves(row, roots, k, -1);
}
Complex backward(const Spectrum& row, const Spectrum& roots, Index k) {
  return sum_of_waves(row, roots, k, 1) / static_cast<long double>(row.size());
}
// Of the half of a spectrum, as many numbers as it stands for: the rest of `row` is not filled in.
Complex from_half(const Spectrum& row, const Spectrum& roots, Index k) {
  Spectrum all = row;
  const std::size_t n = row.size();
  all[0].imag(0);
  if (n % 2 == 0) all[n / 2].imag(0);
  for (std::size_t j = n / 2 + 1; j < n; ++j) all[j] = std::conj(all[n - j]);
  return backward(all, roots, k).real();
}

const std::vector<Kind> kinds = {
    {"fft", true, true, [](const Tensor& x, Index) { return heed::fft(x, 1); }, forward},
    {"ifft", true, true, [](const Tensor& x, Index) { return heed::ifft(x, 1); }, backward},
    {"rfft", false, true, [](const Tensor& x, Index) { return heed::rfft(x, 1); }, forward},
    {"irfft", true, false, [](const Tensor& x, Index n) { return heed::irfft(x, n, 1); },
     from_half}};

// What lies along the axis, and around it.
struct Rows {
  Index outer, n, inner;
};

Shape shape_of(const Kind& kind, const Rows& rows) {
  const Index places = kind.name == "irfft" ? rows.n / 2 + 1 : rows.n;
  const Shape shape{rows.outer, places, rows.inner};
  return kind.takes_complex ? shape.inserted(3, 2) : shape;
}

Tensor drawn(const Kind& kind, const Rows& rows) {
  return heed::Generator(1).normal(shape_of(kind, rows));
}

// The numbers of row i of x (outer, places, inner) or (outer, places, inner, 2).
Spectrum row_of(const Tensor& x, Index i) {
  const bool is_complex = x.rank() == 4;
  const Index places = x.dim(1), inner = x.dim(2), parts = is_complex ? 2 : 1;
  Spectrum row;
  for (Index j = 0; j < places; ++j) {
    const Real* at = x.data() + ((i / inner * places + j) * inner + i % inner) * parts;
    row.emplace_back(at[0], is_complex ? at[1] : 0);
  }
  return row;
}

Spectrum roots_of(Index n) {
  Spectrum roots;
  for (Index j = 0; j < n; ++j) {
    const long double turn = static_cast<long double>(j) / static_cast<long double>(n);
    roots.push_back(std::polar(1.0L, 2 * std::numbers::pi_v<long double> * turn));
  }
  return roots;
}

// The largest deviation from the sums, as a multiple of what rounding costs a number that went
// through one sum of two for each binary digit of n: epsilon, the size of the row's numbers, and
// the root of the digits. At most `checked` numbers a row are looked at.
double deviation(const Kind& kind, const Rows& rows, Index checked) {
  const Tensor x = drawn(kind, rows), y = kind.call(x, rows.n);
  const Spectrum roots = roots_of(rows.n);
  double most = 0;
  for (Index i = 0; i < rows.outer * rows.inner; ++i) {
    Spectrum from = row_of(x, i);
    from.resize(size_of(rows.n));
    const Spectrum got = row_of(y, i);
    const Index step = std::max<Index>(1, static_cast<Index>(got.size()) / checked);
    long double error = 0, size = 0;
    for (Index k = 0; k < static_cast<Index>(got.size()); k += step) {
      const Complex expected = kind.expected(from, roots, k);
      error = std::max(error, std::abs(got[size_of(k)] - expected));
      size = std::max(size, std::abs(expected));
    }
    const double digits = 1 + std::log2(static_cast<double>(rows.n));
    const double rounding = std::numeric_limits<Real>::epsilon() * std::sqrt(digits);
    most = std::max(most, static_cast<double>(error / size) / rounding);
  }
  return most;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         (a.size() == 0 ||
          std::memcmp(a.data(), b.data(), size_of(a.size()) * sizeof(Real)) == 0);
}

bool all_nan(const Spectrum& row, bool is_complex) {
  for (const Complex& z : row) {
    if (!std::isnan(z.real()) || (is_complex && !std::isnan(z.imag()))) return false;
  }
  return true;
}

// 1 and 2, primes below and above what is summed directly, products of few and of all radices, and
// twice a large prime.
const std::vector<Index> lengths = {1,   2,   3,   4,   5,   7,   8,   12,   16,  60, 61,
                                    118, 122, 127, 128, 257, 360, 509, 1000, 1024};

BOOST_AUTO_TEST_SUITE(transform_values)

BOOST_AUTO_TEST_CASE(equal_the_sums) {
  for (const Kind& kind : kinds) {
    for (const Index n : lengths) {
      // As many as lanes hold and a few more, one after the other; beside each other; both.
      for (const Rows& rows : {Rows{19, n, 1}, Rows{1, n, 21}, Rows{3, n, 5}}) {
        const double off = deviation(kind, rows, n < 300 ? n : 20);
        BOOST_TEST(off < 4, kind.name << " of (" << rows.outer << ", " << n << ", " << rows.inner
                                      << ") is off by " << off);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(equal_the_sums_of_long_rows) {
  for (const Kind& kind : kinds) {
    for (const Index n : {Index{1} << 17, Index{99'991}, Index{3 * 3 * 5 * 7 * 11 * 13}}) {
      const double off = deviation(kind, {2, n, 1}, 10);
      BOOST_TEST(off < 4, kind.name << " of " << n << " is off by " << off);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(transforms)

BOOST_AUTO_TEST_CASE(no_rows_have_no_transforms) {
  for (const Kind& kind : kinds) {
    for (const Index n : {1, 6, 67}) {
      for (const Rows& rows : {Rows{0, n, 1}, Rows{0, n, 4}, Rows{3, n, 0}}) {
        const Tensor y = kind.call(drawn(kind, rows), n);
        BOOST_TEST(y.dim(1) == (kind.name == "rfft" ? n / 2 + 1 : n));
        BOOST_TEST(y.size() == 0);
      }
    }
  }
}

// Those that are transformed together know nothing of each other.
BOOST_AUTO_TEST_CASE(a_row_that_is_not_finite_is_nan_and_leaves_the_others) {
  const Index poked = 3;
  for (const Kind& kind : kinds) {
    for (const Index n : {1, 2, 5, 8, 67, 360}) {
      for (const Rows& rows : {Rows{19, n, 1}, Rows{1, n, 19}, Rows{5, n, 3}}) {
        const Tensor x = drawn(kind, rows), clean = kind.call(x, n);
        for (const double value : {std::numeric_limits<double>::quiet_NaN(),
                                   std::numeric_limits<double>::infinity()}) {
          for (const Index place : {Index{0}, x.dim(1) / 2}) {
            Tensor changed(x.shape(), x.values());
            const Index first = poked / rows.inner * x.dim(1) * rows.inner + poked % rows.inner;
            const Index at = (first + place * rows.inner) * (kind.takes_complex ? 2 : 1);
            changed.mutable_data()[at] = static_cast<Real>(value);
            const Tensor y = kind.call(changed, n);
            for (Index i = 0; i < rows.outer * rows.inner; ++i) {
              const Spectrum row = row_of(y, i);
              const bool right = i == poked ? all_nan(row, kind.gives_complex)
                                            : row == row_of(clean, i);
              BOOST_TEST(right, kind.name << " of (" << rows.outer << ", " << n << ", "
                                          << rows.inner << "), " << value << " at " << place
                                          << ": row " << i);
            }
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_row_has_the_same_bits_alone_and_with_others) {
  for (const Kind& kind : kinds) {
    for (const Index n : {5, 8, 67, 360}) {
      const Tensor x = drawn(kind, {19, n, 1}), together = kind.call(x, n);
      for (Index i = 0; i < 19; ++i) {
        const Tensor alone = kind.call(heed::slice(x, 0, i, i + 1), n);
        BOOST_TEST(same_bits(alone, heed::slice(together, 0, i, i + 1)),
                   kind.name << " of " << n << ": row " << i);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bits) {
  for (const Kind& kind : kinds) {
    for (const Rows& rows : {Rows{301, 360, 1}, Rows{7, 257, 50}, Rows{200, 1024, 1}}) {
      const Tensor x = drawn(kind, rows), one = kind.call(x, rows.n);
      for (const int count : {2, 3, 4}) {
        heed::set_threads(count);
        const Tensor many = kind.call(x, rows.n);
        heed::set_threads(1);
        BOOST_TEST(same_bits(one, many), kind.name << " of " << rows.n << " with " << count);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
