#include "autograd/kernels/factor.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "autograd/errors.h"
#include "autograd/kernels/gemm.h"

// OpenBLAS exports LAPACK under its Fortran names, and Debian's package has no header for them.
extern "C" {
void sgetrf_(const int* m, const int* n, float* a, const int* lda, int* pivots, int* info);
void dgetrf_(const int* m, const int* n, double* a, const int* lda, int* pivots, int* info);
void sgetrs_(const char* how, const int* n, const int* k, const float* a, const int* lda,
             const int* pivots, float* b, const int* ldb, int* info);
void dgetrs_(const char* how, const int* n, const int* k, const double* a, const int* lda,
             const int* pivots, double* b, const int* ldb, int* info);
void spotrf_(const char* part, const int* n, float* a, const int* lda, int* info);
void dpotrf_(const char* part, const int* n, double* a, const int* lda, int* info);
}

namespace heed::inline HEED_REAL {
namespace {

[[maybe_unused]] void lu(int n, float* a, int* pivots, int* info) {
  sgetrf_(&n, &n, a, &n, pivots, info);
}
[[maybe_unused]] void lu(int n, double* a, int* pivots, int* info) {
  dgetrf_(&n, &n, a, &n, pivots, info);
}
// What has been factored is the transpose.
[[maybe_unused]] void lu_solve(int n, int k, const float* a, const int* pivots, float* b) {
  int info = 0;
  sgetrs_("T", &n, &k, a, &n, pivots, b, &n, &info);
}
[[maybe_unused]] void lu_solve(int n, int k, const double* a, const int* pivots, double* b) {
  int info = 0;
  dgetrs_("T", &n, &k, a, &n, pivots, b, &n, &info);
}
// What is lower row by row is upper column by column.
[[maybe_unused]] void cholesky(int n, float* a, int* info) { spotrf_("U", &n, a, &n, info); }
[[maybe_unused]] void cholesky(int n, double* a, int* info) { dpotrf_("U", &n, a, &n, info); }
[[maybe_unused]] void triangle(CBLAS_UPLO part, CBLAS_DIAG diagonal, int n, int k, const float* a,
                               float* x) {
  cblas_strsm(CblasRowMajor, CblasLeft, part, CblasNoTrans, diagonal, n, k, 1, a, n, x, k);
}
[[maybe_unused]] void triangle(CBLAS_UPLO part, CBLAS_DIAG diagonal, int n, int k, const double* a,
                               double* x) {
  cblas_dtrsm(CblasRowMajor, CblasLeft, part, CblasNoTrans, diagonal, n, k, 1, a, n, x, k);
}

// LAPACK counts in 32 bits.
int counted(Index n) {
  if (n > std::numeric_limits<int>::max()) throw ShapeError("[lapack] a matrix beyond 2^31 - 1");
  return static_cast<int>(n);
}

void turn(const Real* from, Index rows, Index columns, Real* to) {
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  }
}

}  // namespace

LuFactors::LuFactors(Index n, const Real* a)
    : n_(n), lu_(a, a + n * n), pivots_(static_cast<std::size_t>(n)) {
  if (n == 0) return;
  keep_blas_on_one_thread();
  int info = 0;
  lu(counted(n), lu_.data(), pivots_.data(), &info);
  zero_pivot_ = info - 1;
}

void LuFactors::solve(Index k, const Real* b, Real* x) const {
  if (n_ == 0 || k == 0) return;
  std::vector<Real> columns(static_cast<std::size_t>(n_ * k));
  turn(b, n_, k, columns.data());
  lu_solve(counted(n_), counted(k), lu_.data(), pivots_.data(), columns.data());
  turn(columns.data(), k, n_, x);
}

Real LuFactors::sign() const {
  Real sign = 1;
  for (Index i = 0; i < n_; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Real pivot = lu_[at * static_cast<std::size_t>(n_ + 1)];
    if (std::isnan(pivot) || pivot == 0) return pivot;
    if ((pivot < 0) != (pivots_[at] != i + 1)) sign = -sign;
  }
  return sign;
}

Real LuFactors::log_size() const {
  double sum = 0;
  for (Index i = 0; i < n_; ++i) {
    sum += std::log(std::abs(static_cast<double>(lu_[static_cast<std::size_t>(i * (n_ + 1))])));
  }
  return static_cast<Real>(sum);
}

Index cholesky_factor(Index n, const Real* a, Real* l) {
  if (n == 0) return 0;
  keep_blas_on_one_thread();
  std::copy_n(a, n * n, l);
  int info = 0;
  cholesky(counted(n), l, &info);
  for (Index i = 0; i < n; ++i) std::fill(l + i * n + i + 1, l + (i + 1) * n, Real{0});
  return info;
}

void solve_triangle(const TriangleKind& kind, Index n, Index k, const Real* a, const Real* b,
                    Real* x) {
  if (n == 0 || k == 0) return;
  keep_blas_on_one_thread();
  std::copy_n(b, n * k, x);
  triangle(kind.upper ? CblasUpper : CblasLower, kind.unit_diagonal ? CblasUnit : CblasNonUnit,
           counted(n), counted(k), a, x);
}

}  // namespace heed::inline HEED_REAL
