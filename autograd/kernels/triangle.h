// The halves of matrices on either side of a diagonal, zeros elsewhere.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// Matrices of `height` rows of `width`, `rows` in all of them together.
struct MatrixRows {
  Index rows, height, width;
};

// y = x on diagonal k and below. Diagonal 0 begins in the corner, k > 0 above it.
void copy_lower(const Real* x, Real* y, const MatrixRows& matrices, Index k);
// y = x on diagonal k and above.
void copy_upper(const Real* x, Real* y, const MatrixRows& matrices, Index k);

}  // namespace heed::inline HEED_REAL
