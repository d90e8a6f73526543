#include "autograd/kernels/few_rows.h"

#include <algorithm>

#include "autograd/kernels/rows.h"

namespace heed::inline HEED_REAL {
namespace {

// What is known of a product while a number of rows is made at once.
struct Product {
  Index n, k;
  Real alpha;
  const Real* a;
  Index a_stride;
  const Real* b;
  Index b_stride;
  Real beta;
  Real* c;
  Index c_stride;
};

// c = sum, or beta * c + sum: what is overwritten is not read, it may hold anything.
void put(Real sum, Real beta, Real& c) { c = beta == 0 ? sum : beta * c + sum; }

// c = beta * c, for a run of columns.
template <Index Rows>
void start(const Product& p, Index first, Index count) {
  for (Index r = 0; r < Rows; ++r) {
    Real* const c = p.c + r * p.c_stride + first;
    for (Index j = 0; j < count; ++j) put(0, p.beta, c[j]);
  }
}

// The right factor lies row by row as columns of the product: each is a dot product.
template <Index Rows, Index Columns>
void dots(const Product& p, Index column) {
  Lane sums[Rows][Columns];
  const Real* const b = p.b + column * p.b_stride;
  for_lanes(p.k, [&](Index i, Index count) {
    for (Index j = 0; j < Columns; ++j) {
      const Lane weight = load_lane(b + j * p.b_stride + i, count);
      for (Index r = 0; r < Rows; ++r) {
        sums[r][j] = fma(load_lane(p.a + r * p.a_stride + i, count), weight, sums[r][j]);
      }
    }
  });
  for (Index r = 0; r < Rows; ++r) {
    for (Index j = 0; j < Columns; ++j) {
      put(p.alpha * sum_of(sums[r][j]), p.beta, p.c[r * p.c_stride + column + j]);
    }
  }
}

// One of them, in parts that are summed side by side: one addition would wait for the other.
template <Index Rows>
void long_dots(const Product& p, Index column) {
  constexpr Index parts = Rows == 1 ? 4 : 2, step = parts * Lane::size;
  Lane sums[Rows][parts];
  const Real* const b = p.b + column * p.b_stride;
  const Index whole = p.k - p.k % step;
  for (Index i = 0; i < whole; i += step) {
    for (Index part = 0; part < parts; ++part) {
      const Index at = i + part * Lane::size;
      const Lane weight = Lane::load(b + at);
      for (Index r = 0; r < Rows; ++r) {
        sums[r][part] = fma(Lane::load(p.a + r * p.a_stride + at), weight, sums[r][part]);
      }
    }
  }
  for (Index r = 0; r < Rows; ++r) {
    const Real* const a = p.a + r * p.a_stride + whole;
    Lane sum = sums[r][0];
    for (Index part = 1; part < parts; ++part) sum += sums[r][part];
    for_lanes(p.k - whole, [&](Index i, Index count) {
      sum = fma(load_lane(a + i, count), load_lane(b + whole + i, count), sum);
    });
    put(p.alpha * sum_of(sum), p.beta, p.c[r * p.c_stride + column]);
  }
}

// Several columns at once keep several sums going, and read the left factor once for all of them.
// A right factor that comes from memory is read twice as fast in the order in which it lies: so one
// column after the other where there is much of it, while the left factor stays in the cache.
template <Index Rows>
void by_columns(const Product& p) {
  constexpr Index together = 4, long_column = 128, much = Index{1} << 17, cached = 4096;
  Index column = 0;
  if (p.k >= long_column && Rows * p.n * p.k >= much && Rows * p.k <= cached) {
    for (; column < p.n; ++column) long_dots<Rows>(p, column);
    return;
  }
  for (; column + together <= p.n; column += together) dots<Rows, together>(p, column);
  for (; column < p.n; ++column) dots<Rows, 1>(p, column);
}

// c += alpha * a[.., row ... row + Depth - 1] * b[row ... row + Depth - 1], for a run of columns.
template <Index Rows, Index Depth>
void add_rows(const Product& p, Index row, Index first, Index count) {
  Lane factors[Rows][Depth];
  for (Index r = 0; r < Rows; ++r) {
    for (Index l = 0; l < Depth; ++l) {
      factors[r][l] = Lane(p.alpha * p.a[r * p.a_stride + row + l]);
    }
  }
  const Real* const b = p.b + row * p.b_stride + first;
  for_lanes(count, [&](Index i, Index lanes) {
    Lane weights[Depth];
    for (Index l = 0; l < Depth; ++l) weights[l] = load_lane(b + l * p.b_stride + i, lanes);
    for (Index r = 0; r < Rows; ++r) {
      Real* const c = p.c + r * p.c_stride + first + i;
      Lane sum = load_lane(c, lanes);
      for (Index l = 0; l < Depth; ++l) sum = fma(factors[r][l], weights[l], sum);
      store_lane(sum, c, lanes);
    }
  });
}

// The right factor lies as it is multiplied: its rows are added up, as many columns at a time as
// stay in the cache.
template <Index Rows>
void by_rows(const Product& p) {
  constexpr Index columns = 1024, depth = 8;
  for (Index first = 0; first < p.n; first += columns) {
    const Index count = std::min(columns, p.n - first);
    start<Rows>(p, first, count);
    Index row = 0;
    for (; row + depth <= p.k; row += depth) add_rows<Rows, depth>(p, row, first, count);
    for (; row < p.k; ++row) add_rows<Rows, 1>(p, row, first, count);
  }
}

// The same sums, of so few columns that they stay in registers. Only of one lane may it be less
// than all that is wanted, its first `count` numbers.
template <Index Rows, Index Lanes>
void add_all_rows(const Product& p, Index first, Index count = Lane::size) {
  const auto size = [&](Index) { return Lanes == 1 ? count : Lane::size; };
  Lane sums[Rows][Lanes];
  for (Index r = 0; r < Rows; ++r) {
    for (Index j = 0; j < Lanes; ++j) {
      sums[r][j] = load_lane(p.c + r * p.c_stride + first + j * Lane::size, size(j));
    }
  }
  for (Index row = 0; row < p.k; ++row) {
    const Real* const b = p.b + row * p.b_stride + first;
    Lane weights[Lanes];
    for (Index j = 0; j < Lanes; ++j) weights[j] = load_lane(b + j * Lane::size, size(j));
    for (Index r = 0; r < Rows; ++r) {
      const Lane factor(p.alpha * p.a[r * p.a_stride + row]);
      for (Index j = 0; j < Lanes; ++j) sums[r][j] = fma(factor, weights[j], sums[r][j]);
    }
  }
  for (Index r = 0; r < Rows; ++r) {
    for (Index j = 0; j < Lanes; ++j) {
      store_lane(sums[r][j], p.c + r * p.c_stride + first + j * Lane::size, size(j));
    }
  }
}

template <Index Rows>
void narrow_by_rows(const Product& p) {
  constexpr Index lanes = 4;
  start<Rows>(p, 0, p.n);
  Index first = 0;
  for (; first + lanes * Lane::size <= p.n; first += lanes * Lane::size) {
    add_all_rows<Rows, lanes>(p, first);
  }
  for (; first + 2 * Lane::size <= p.n; first += 2 * Lane::size) add_all_rows<Rows, 2>(p, first);
  for (; first < p.n; first += Lane::size) {
    add_all_rows<Rows, 1>(p, first, std::min<Index>(Lane::size, p.n - first));
  }
}

template <Index Rows>
void multiply(const Product& p, bool transposed) {
  constexpr Index narrow = 128;
  (transposed ? by_columns<Rows> : p.n <= narrow ? narrow_by_rows<Rows> : by_rows<Rows>)(p);
}

}  // namespace

void multiply_few_rows(Index m, Index n, Index k, Real alpha, Matrix a, Matrix b, Real beta,
                       Real* c, Index c_stride) {
  static_assert(few_rows == 4);
  const Product p{n, k, alpha, a.data, a.stride, b.data, b.stride, beta, c, c_stride};
  (m == 1   ? multiply<1>
   : m == 2 ? multiply<2>
   : m == 3 ? multiply<3>
            : multiply<4>)(p, b.transposed);
}

}  // namespace heed::inline HEED_REAL
