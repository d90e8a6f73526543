#include "autograd/ops/gemm.h"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "autograd/errors.h"

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

// The threads are ours: OpenBLAS must not start any.
void keep_blas_on_one_thread() {
  static const bool done = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  (void)done;
}

}  // namespace

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
  keep_blas_on_one_thread();
  // BLAS wants a stride of at least the stored row's length even when there is only one row.
  call(narrow(m), narrow(n), narrow(k), alpha, a.data,
       narrow(std::max(a.stride, a.transposed ? m : k)), a.transposed, b.data,
       narrow(std::max(b.stride, b.transposed ? k : n)), b.transposed, beta, c,
       narrow(std::max(c_stride, n)));
}

}  // namespace heed::inline HEED_REAL
