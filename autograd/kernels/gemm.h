// A checked matrix product on rows that may lie apart, by BLAS or by what is quicker here. The one
// door to BLAS.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct Matrix {
  const Real* data;
  Index stride;             // elements from one stored row to the next
  bool transposed = false;  // stored the other way round

  // The block that begins at (row, column), which are counted as they are multiplied.
  Matrix from(Index row, Index column) const {
    return {data + (transposed ? column * stride + row : row * stride + column), stride,
            transposed};
  }
};

// c (m, n) = alpha * a (m, k) * b (k, n) + beta * c. beta = 0 does not read c. Empty extents are
// handled here, never passed on; an extent or stride that does not fit BLAS's 32 bits throws
// ShapeError. Runs on the calling thread only.
void gemm(Index m, Index n, Index k, Real alpha, Matrix a, Matrix b, Real beta, Real* c,
          Index c_stride);

// The threads are ours: OpenBLAS must not start any. Before the first call into it.
void keep_blas_on_one_thread();

// Is it worth a copy to have the right factor of a product of m rows stored as it is multiplied?
bool wants_plain_right(Index m);
// It is read quickest in panels of so many columns, one panel behind the other: the rows of one lie
// side by side then, where those of a wide matrix push each other out of the cache.
constexpr Index panel_columns = 64;

}  // namespace heed::inline HEED_REAL
