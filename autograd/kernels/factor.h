// Factors of small matrices and what is solved with them, by the LAPACK that OpenBLAS brings.
// Matrices lie row by row.
#pragma once

#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// Triangular factors of a with rows exchanged. Gaussian elimination with partial pivoting.
class LuFactors {
 public:
  // a (n, n).
  LuFactors(Index n, const Real* a);

  // The first pivot that is 0, counted from 0; -1: none.
  Index zero_pivot() const { return zero_pivot_; }
  // x with a x = b; b and x (n, k). No pivot may be 0.
  void solve(Index k, const Real* b, Real* x) const;
  // Of the determinant: its sign (0, 1, -1; NaN) and the logarithm of its size.
  Real sign() const;
  Real log_size() const;

 private:
  Index n_;
  std::vector<Real> lu_;  // of a^T: LAPACK reads columns
  std::vector<int> pivots_;
  Index zero_pivot_ = -1;
};

// l (n, n), lower triangular with l l^T = a; the upper triangle of a is not looked at. Returns the
// first minor that is not positive, counted from 1; 0: none.
Index cholesky_factor(Index n, const Real* a, Real* l);

struct TriangleKind {
  bool upper, unit_diagonal;
};
// x with a x = b; a (n, n), of which one triangle is looked at, b and x (n, k).
void solve_triangle(const TriangleKind& kind, Index n, Index k, const Real* a, const Real* b,
                    Real* x);

}  // namespace heed::inline HEED_REAL
