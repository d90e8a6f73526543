// Linear equations, determinants and factors of matrices, which are the last two axes, n x n; the
// axes in front of them are a batch. By LAPACK, one matrix after the other on each thread.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// x with a x = b: a (..., n, n), b (..., n, k) -> (..., n, k), or b (n) -> (..., n); the axes in
// front stretch to each other. Throws ShapeError, and ValueError when a matrix is singular.
Tensor solve(const Tensor& a, const Tensor& b);
// a^-1. Throws as solve does. Where it is to be multiplied, solve has better digits.
Tensor inverse(const Tensor& a);

struct SolveTriangularOptions {
  bool upper = false;          // the triangle that is looked at
  bool unit_diagonal = false;  // the diagonal is not looked at, and counts as ones
};
// The same for triangular a. As in PyTorch a 0 on the diagonal is not refused: NaN and infinities.
Tensor solve_triangular(const Tensor& a, const Tensor& b,
                        const SolveTriangularOptions& options = {});

// Lower triangular l with l l^T = (a + a^T) / 2. ValueError unless that is positive definite.
Tensor cholesky(const Tensor& a);

struct SignLogdet {
  Tensor sign;       // -1, 0 or 1
  Tensor logabsdet;  // log |det a|
};
// (..., n, n) -> (...). Of a singular matrix sign 0 and -inf, whose gradient is NaN; of n = 0 the
// determinant is 1. No gradient flows to the sign.
SignLogdet slogdet(const Tensor& a);
// log det a: NaN where the determinant is negative, -inf where it is 0.
Tensor logdet(const Tensor& a);

}  // namespace heed::inline HEED_REAL
