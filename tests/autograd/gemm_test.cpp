// The matrix product against three loops: also where it is cut into pieces, at every edge of these,
// and with rows that lie apart.
#include "autograd/kernels/gemm.h"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "autograd/kernels/tiled_product.h"
#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Matrix;
using heed::Real;
using heed::Tensor;

constexpr Index apart = 3;  // what lies between the rows

double at(const Matrix& x, Index row, Index column) {
  return x.data[x.transposed ? column * x.stride + row : row * x.stride + column];
}

struct Extents {
  Index m, n, k;
};

using Product = void(Index, Index, Index, Real, Matrix, Matrix, Real, Real*, Index);

// The largest deviation from the loops, as a multiple of what a sum of k products may lose. Between
// the stored rows of the factors lie `gap` numbers.
double deviation(Product& product, const Extents& e, bool a_turned, bool b_turned, Real alpha,
                 Real beta, Index gap = apart) {
  heed::Generator rng(1);
  const auto matrix = [&](Index rows, Index columns, bool turned, Tensor& memory) {
    const Index stored = turned ? columns : rows, length = (turned ? rows : columns) + gap;
    memory = rng.uniform({stored, length}, -1, 1);
    return Matrix{memory.data(), length, turned};
  };
  Tensor a_memory, b_memory;
  const Matrix a = matrix(e.m, e.k, a_turned, a_memory), b = matrix(e.k, e.n, b_turned, b_memory);
  const Index stride = e.n + apart;
  const Tensor before = rng.uniform({e.m, stride}, -1, 1);
  std::vector<Real> c(before.values().begin(), before.values().end());
  if (beta == 0) {  // is not read
    for (Index i = 0; i < e.m; ++i) {
      for (Index j = 0; j < e.n; ++j) {
        c[static_cast<std::size_t>(i * stride + j)] = std::numeric_limits<Real>::quiet_NaN();
      }
    }
  }
  product(e.m, e.n, e.k, alpha, a, b, beta, c.data(), stride);
  double most = 0;
  for (Index i = 0; i < e.m; ++i) {
    for (Index j = 0; j < stride; ++j) {
      const Real got = c[static_cast<std::size_t>(i * stride + j)];
      double expected = before.data()[i * stride + j];
      if (j < e.n) {
        double sum = 0;
        for (Index l = 0; l < e.k; ++l) sum += at(a, i, l) * at(b, l, j);
        expected = alpha * sum + beta * expected;
      }
      const double off = std::abs(got - expected);
      if (!(off <= most)) most = off;  // NaN too
    }
  }
  return most / (static_cast<double>(e.k) * std::numeric_limits<Real>::epsilon());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gemm)

BOOST_AUTO_TEST_CASE(any_extents_and_any_side_turned) {
  // Below and above a million multiply-adds; then one extent at a time far beyond a piece.
  for (const Extents e : std::array<Extents, 19>{{{1, 1, 1},
                                                  {1, 6, 127},
                                                  {2, 67, 41},
                                                  {2, 9, 300},
                                                  {3, 5, 1025},
                                                  {4, 130, 19},
                                                  {4, 7, 161},
                                                  {4, 6, 1701},
                                                  {1, 1031, 129},
                                                  {2, 301, 301},
                                                  {4, 130, 387},
                                                  {5, 3, 7},
                                                  {128, 64, 120},
                                                  {129, 65, 121},
                                                  {131, 67, 243},
                                                  {1, 1030, 1025},
                                                  {300, 1, 3500},
                                                  {300, 3500, 1},
                                                  {17, 190, 361}}}) {
    for (const bool a_turned : {false, true}) {
      for (const bool b_turned : {false, true}) {
        for (const auto& [alpha, beta] : {std::pair{1.0, 0.0}, {1.0, 1.0}, {-0.7, 0.3}}) {
          BOOST_TEST_CONTEXT(e.m << " x " << e.n << " x " << e.k << ", turned " << a_turned
                                 << b_turned << ", beta " << beta) {
            BOOST_TEST(deviation(heed::gemm, e, a_turned, b_turned, Real(alpha), Real(beta)) < 2);
          }
        }
      }
    }
  }
}

// Every height and width of a tile, with lanes of any size, sums in one piece and in several; rows
// of 300 and more are copied before they are multiplied, where that is worth it.
BOOST_AUTO_TEST_CASE(tiles_of_every_shape) {
  const auto check = [](const Extents& e, bool turned, Real alpha, Real beta, Index gap) {
    const double off = deviation(heed::multiply_in_tiles, e, turned, false, alpha, beta, gap);
    BOOST_TEST(off < 2, e.m << " x " << e.n << " x " << e.k << ", turned " << turned << ", beta "
                            << beta << ", gap " << gap << ": " << off);
  };
  for (Index m = 1; m <= 13; ++m) {
    for (Index n = 1; n <= 35; ++n) {
      for (const Index k : {1, 2, 7, 8}) {
        for (const bool turned : {false, true}) {
          check({m, n, k}, turned, 1, 0, apart);
          check({m, n, k}, turned, Real(-0.7), Real(0.3), apart);
          check({m, n, k}, turned, 1, 1, 0);
        }
      }
    }
  }
  for (const Index m : {1, 4, 6, 7, 13, 64, 127, 128, 129, 257}) {
    for (const Index n : {1, 8, 31, 64, 96, 101}) {
      for (const Index k : {255, 256, 257, 513}) {
        for (const bool turned : {false, true}) {
          check({m, n, k}, turned, 1, 0, 300);
          check({m, n, k}, turned, Real(-0.7), Real(0.3), apart);
        }
      }
    }
  }
}

// Cut into rows or columns of any number, as tiles of the callers are, a product has the same bits.
BOOST_AUTO_TEST_CASE(a_cut_changes_no_bit_of_a_product_in_tiles) {
  constexpr Index m = 140, n = 103, k = 301, length = 300;
  heed::Generator rng(1);
  const Tensor a_rows = rng.uniform({m, k}, -1, 1), a_columns = rng.uniform({k, length}, -1, 1);
  const Tensor b = rng.uniform({k, n}, -1, 1), before = rng.uniform({m, n}, -1, 1);
  for (const Matrix a : {Matrix{a_rows.data(), k}, Matrix{a_columns.data(), length, true}}) {
    const auto product = [&](Index rows, Index columns) {
      std::vector<Real> c(before.values().begin(), before.values().end());
      for (Index i = 0; i < m; i += rows) {
        for (Index j = 0; j < n; j += columns) {
          heed::multiply_in_tiles(std::min(rows, m - i), std::min(columns, n - j), k, Real(0.7),
                                  a.from(i, 0), Matrix{b.data(), n}.from(0, j), Real(0.3),
                                  c.data() + i * n + j, n);
        }
      }
      return c;
    };
    const std::vector<Real> whole = product(m, n);
    for (const auto& [rows, columns] : {std::pair<Index, Index>{1, n}, {70, n}, {m, 48}, {13, 7}}) {
      BOOST_TEST(product(rows, columns) == whole, boost::test_tools::per_element());
    }
  }
}

// A factor of 0 hides nothing, and what was there before does not come through beta = 0.
BOOST_AUTO_TEST_CASE(nan_and_infinity_in_a_factor_show) {
  constexpr Index n = 37;
  for (const auto& [m, k] : {std::pair<Index, Index>{1, 21}, {2, 21}, {3, 21}, {4, 21}, {5, 21},
                             {1, 3601}, {2, 1801}, {3, 1201}, {4, 901}, {5, 301}}) {
    for (const Real wrong :
         {std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::infinity()}) {
      for (const bool turned : {false, true}) {
        for (const Index at : {Index{0}, n * k / 2, n * k - 1}) {
          const std::vector<Real> a(static_cast<std::size_t>(m * k), 0);
          std::vector<Real> b(static_cast<std::size_t>(n * k), 1);
          b[static_cast<std::size_t>(at)] = wrong;
          std::vector<Real> c(static_cast<std::size_t>(m * n), wrong);
          heed::gemm(m, n, k, 1, {a.data(), k}, {b.data(), turned ? k : n, turned}, 0, c.data(), n);
          const Index column = turned ? at / k : at % n;
          for (Index i = 0; i < m * n; ++i) {
            const Real got = c[static_cast<std::size_t>(i)];
            BOOST_TEST((i % n == column ? std::isnan(got) : got == 0));
          }
        }
      }
    }
  }
}

// In tiles an infinity or NaN reaches the row or the column that it is in, and no other number.
BOOST_AUTO_TEST_CASE(nan_and_infinity_stay_in_their_row_or_column_of_tiles) {
  constexpr Index m = 67, n = 37, k = 259;
  for (const Real wrong :
       {std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::infinity()}) {
    using Place = std::array<Index, 3>;
    for (const Place& place : {Place{0, 0, 0}, {66, 258, 36}, {5, 130, 15}}) {
      const Index i = place[0], l = place[1], j = place[2];
      std::vector<Real> a(static_cast<std::size_t>(m * k), 1);
      std::vector<Real> b(static_cast<std::size_t>(k * n), 1);
      std::vector<Real> c(static_cast<std::size_t>(m * n), wrong);
      const auto check = [&](bool of_row) {
        heed::multiply_in_tiles(m, n, k, 1, {a.data(), k}, {b.data(), n}, 0, c.data(), n);
        for (Index number = 0; number < m * n; ++number) {
          const Real got = c[static_cast<std::size_t>(number)];
          const bool met = of_row ? number / n == i : number % n == j;
          BOOST_TEST((met ? !std::isfinite(got) : got == Real(k)));
        }
      };
      a[static_cast<std::size_t>(i * k + l)] = wrong;
      check(true);
      a[static_cast<std::size_t>(i * k + l)] = 1;
      b[static_cast<std::size_t>(l * n + j)] = wrong;
      check(false);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
