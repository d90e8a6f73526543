// Products whose left factor has a few rows only: the tokens that are read one at a time. BLAS
// packs the right factor anew for each, which is as much work as the product. Internal.
#pragma once

#include "autograd/kernels/gemm.h"

namespace heed::inline HEED_REAL {

constexpr Index few_rows = 4;

// As gemm, for 1 to few_rows rows and a left factor that is not transposed. In which order a number
// of the result is summed depends on the extents alone.
void multiply_few_rows(Index m, Index n, Index k, Real alpha, Matrix a, Matrix b, Real beta,
                       Real* c, Index c_stride);

}  // namespace heed::inline HEED_REAL
