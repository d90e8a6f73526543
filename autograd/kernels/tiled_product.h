// Matrix products of our own, for cores on which BLAS has nothing quick for small ones. Internal.
//
// A core adds two vectors of products a cycle, each half a dozen cycles after it was begun, but it
// reads few numbers in that time. So a product comes near the peak when a tile of the result stays
// in registers, as many sums as are needed to begin one always, while numbers of both factors are
// used several times for each time that they are read: 6 rows by 2 vectors are 12 sums out of 8
// reads, and leave room for the factors in 16 registers. What is left to see to is where the reads
// find their numbers:
//
//   a panel of b, two vectors wide and 256 deep, 16 KB    in the first level cache, for all rows
//   a block of a, 128 rows by 256, 128 KB                 in the second, for all panels
//   the tile of c                                         in memory, once for 256 steps of the sum
//
// A panel is read where it lies, unless there are rows enough to pay for laying its rows side by
// side: a power of two apart they push each other out of the cache. The block is read where it
// lies, too, number by number, unless it is stored the other way round in long rows. BLAS copies
// both, always; that is where it loses time when a factor is small, and why it keeps its pace when
// one is large.
//
// Of the peak, the rate of 12 independent chains of fma in registers, the tiles reach 82 % at 128 x
// 32 x 32 and 88 to 90 % at 128 x 128 x 128, with factors that are in the cache; OpenBLAS 49 and
// 76 %.
#pragma once

#include "autograd/kernels/gemm.h"

namespace heed::inline HEED_REAL {

// As gemm, for extents above 0 and a right factor that is not transposed. A number of the result is
// summed in an order that depends on k alone.
void multiply_in_tiles(Index m, Index n, Index k, Real alpha, Matrix a, Matrix b, Real beta,
                       Real* c, Index c_stride);

}  // namespace heed::inline HEED_REAL
