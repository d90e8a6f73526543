#include "autograd/kernels/linear.h"

#include <algorithm>

#include "autograd/kernels/gemm.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/storage.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

void linear_rows(const LinearExtents& extents, const Real* x, const Real* weight, const Real* bias,
                 Real* y) {
  constexpr Index tile_rows = 128;  // of the result that one tile makes
  const Index rows = extents.rows, in = extents.in, out = extents.out;
  Pointer<Storage> plain;  // the weight as (in, out)
  Matrix right{weight, in, true};
  if (wants_plain_right(rows)) {
    plain = allocate(in * out);
    turn_matrix(out, in, weight, plain->data);
    right = {plain->data, out};
  }
  parallel_for(pieces_of(rows, tile_rows), [&](Index tile) {
    const Index first = tile * tile_rows;
    const Index count = std::min(tile_rows, rows - first);
    Real* to = y + first * out;
    if (bias) {
      for (Index r = 0; r < count; ++r) std::copy_n(bias, out, to + r * out);
    }
    gemm(count, out, in, 1, {x + first * in, in}, right, bias ? 1 : 0, to, out);
  });
}

}  // namespace heed::inline HEED_REAL
