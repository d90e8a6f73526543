#include "autograd/kernels/gemm.h"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "autograd/errors.h"
#include "autograd/kernels/few_rows.h"
#include "autograd/kernels/lane.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/tiled_product.h"

namespace heed::inline HEED_REAL {
namespace {

int narrow(Index value) {
  if (value > std::numeric_limits<int>::max()) {
    throw ShapeError(fmt::format("[matmul] extent or stride {} is beyond what BLAS counts", value));
  }
  return static_cast<int>(value);
}

[[maybe_unused]] void call(int m, int n, int k, float alpha, const float* a, int lda, bool ta,
                           const float* b, int ldb, bool tb, float beta, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n,
              k, alpha, a, lda, b, ldb, beta, c, ldc);
}
[[maybe_unused]] void call(int m, int n, int k, double alpha, const double* a, int lda, bool ta,
                           const double* b, int ldb, bool tb, double beta, double* c, int ldc) {
  cblas_dgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n,
              k, alpha, a, lda, b, ldb, beta, c, ldc);
}

// OpenBLAS multiplies up to a million multiply-adds without packing the factors first. Its kernels
// for AVX-512 do that an eighth faster than products that it packs, unless the right factor is
// stored the other way round; on other cores the same cuts cost time. Which core it has taken is a
// fact of the machine, so the same products are cut the same way whatever the threads.
bool small_products_are_fast() {
  static const bool fast = [] {
    const std::string_view core = openblas_get_corename();
    return core == "SkylakeX" || core == "Cooperlake" || core == "Sapphirerapids";
  }();
  return fast && sizeof(Real) == sizeof(float);
}

// With AVX2, OpenBLAS packs the factors of every product, and tiles of our own that read them as
// they lie are quicker where a copy does not pay. Found by whole training steps, in turns with
// OpenBLAS alone: products that run by themselves had promised more than the steps gained. It is
// OpenBLAS that is quicker for a right factor of more than 32 thousand numbers and many rows, for
// the long sums of gradients of weights, for short sums of wide rows (scores of many queries), and
// for lanes that are filled in part unless there are many others. A factor that is stored the other
// way round costs as much to turn as the tiles gain, unless it is done once for many rows.
bool tiles_are_fast() {
  constexpr bool lanes_fit = sizeof(Real) == sizeof(float) && Lane::size == 8;
  return lanes_fit && !small_products_are_fast();
}
bool tiles_are_fast(Index m, Index n, Index k, const Matrix& a, const Matrix& b) {
  const Index near = Index{1} << (m > 64 ? 15 : 18);
  const bool whole_lanes = n % Lane::size == 0 || (n >= 64 && m >= 32);
  const bool long_sum = a.transposed && k > 512;
  const bool short_sum = k <= 64 && n >= 96 && m >= 32;
  return tiles_are_fast() && !b.transposed && n * k <= near && whole_lanes && !long_sum &&
         !short_sum;
}

constexpr Index unpacked_work = 1'000'000;
// What was fastest of such blocks; smaller ones where the product ends.
constexpr Index block_rows = 128;
constexpr Index block_columns = panel_columns;
constexpr Index block_depth = 120;

void multiply(Index m, Index n, Index k, Real alpha, const Matrix& a, const Matrix& b, Real beta,
              Real* c, Index c_stride) {
  // BLAS wants a stride of at least the stored row's length even when there is only one row.
  call(narrow(m), narrow(n), narrow(k), alpha, a.data,
       narrow(std::max(a.stride, a.transposed ? m : k)), a.transposed, b.data,
       narrow(std::max(b.stride, b.transposed ? k : n)), b.transposed, beta, c,
       narrow(std::max(c_stride, n)));
}

}  // namespace

void keep_blas_on_one_thread() {
  static const bool done = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  (void)done;
}

bool wants_plain_right(Index m) {
  return (small_products_are_fast() && m >= 32) || (tiles_are_fast() && m >= 256);
}

void gemm(Index m, Index n, Index k, Real alpha, Matrix a, Matrix b, Real beta, Real* c,
          Index c_stride) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < n; ++j) {
        Real& value = c[i * c_stride + j];
        value = beta == 0 ? Real{0} : beta * value;
      }
    }
    return;
  }
  const bool small = m * n * k <= unpacked_work;
  // Of several rows by a narrow factor as it lies, BLAS has the better kernel.
  const bool narrow = small_products_are_fast() && small && m > 1 && n <= 128 && !b.transposed;
  if (m <= few_rows && !a.transposed && !narrow) {
    multiply_few_rows(m, n, k, alpha, a, b, beta, c, c_stride);
    return;
  }
  if (tiles_are_fast(m, n, k, a, b)) {
    multiply_in_tiles(m, n, k, alpha, a, b, beta, c, c_stride);
    return;
  }
  keep_blas_on_one_thread();
  if (!small_products_are_fast() || b.transposed || small) {
    multiply(m, n, k, alpha, a, b, beta, c, c_stride);
    return;
  }
  const Index depth = rounded_up(even_piece(k, block_depth), 8);
  for (Index l = 0; l < k; l += depth) {
    for (Index j = 0; j < n; j += block_columns) {
      for (Index i = 0; i < m; i += block_rows) {
        multiply(std::min(block_rows, m - i), std::min(block_columns, n - j),
                 std::min(depth, k - l), alpha, a.from(i, l), b.from(l, j), l == 0 ? beta : 1,
                 c + i * c_stride + j, c_stride);
      }
    }
  }
}

}  // namespace heed::inline HEED_REAL
