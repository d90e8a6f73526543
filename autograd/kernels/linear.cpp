#include "autograd/kernels/linear.h"

#include <algorithm>

#include "autograd/kernels/few_rows.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/storage.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

void put_bias(Index rows, Index out, const Real* bias, Real* y, Index stride) {
  for (Index r = 0; bias && r < rows; ++r) std::copy_n(bias, out, y + r * stride);
}

// A few rows are cut along the outputs, so that threads share the weight.
void few_linear_rows(const LinearExtents& extents, const Real* x, const Real* weight,
                     const Real* bias, Real* y) {
  const Index in = extents.in, out = extents.out;
  for_pieces(out, extents.rows * in, Index{1} << 18, [&](Index first, Index last) {
    const Index count = last - first;
    put_bias(extents.rows, count, bias ? bias + first : nullptr, y + first, out);
    gemm(extents.rows, count, in, 1, {x, in}, {weight + first * in, in, true}, bias ? 1 : 0,
         y + first, out);
  });
}

}  // namespace

void linear_rows(const LinearExtents& extents, const Real* x, const Real* weight, const Real* bias,
                 Real* y) {
  constexpr Index tile_rows = 128;  // of the result that one tile makes
  const Index rows = extents.rows, in = extents.in, out = extents.out;
  if (rows <= few_rows) return few_linear_rows(extents, x, weight, bias, y);
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
    put_bias(count, out, bias, to, out);
    gemm(count, out, in, 1, {x + first * in, in}, right, bias ? 1 : 0, to, out);
  });
}

}  // namespace heed::inline HEED_REAL
