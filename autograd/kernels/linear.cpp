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

// The weight as the right factor of the product, (in, out), in panels.
void turn_into_panels(const LinearExtents& extents, const Real* weight, Real* panels) {
  constexpr Index wide = panel_columns;
  const Index in = extents.in, count = extents.out / wide, whole = count * wide;
  rearrange({count, in, wide}, panels, {in * wide, wide, 1}, weight, {wide * in, 1, in});
  turn_matrix(extents.out - whole, in, weight + whole * in, panels + whole * in);
}

}  // namespace

void linear_rows(const LinearExtents& extents, const Real* x, const Real* weight, const Real* bias,
                 Real* y) {
  constexpr Index tile_rows = 128;  // of the result that one tile makes
  const Index rows = extents.rows, in = extents.in, out = extents.out;
  if (rows <= few_rows) return few_linear_rows(extents, x, weight, bias, y);
  Pointer<Storage> panels;
  if (wants_plain_right(rows)) {
    panels = allocate(in * out);
    turn_into_panels(extents, weight, panels->data);
  }
  const Index together = panels ? panel_columns : std::max<Index>(1, out);  // columns
  parallel_for(pieces_of(rows, tile_rows), [&](Index tile) {
    const Index first = tile * tile_rows;
    const Index count = std::min(tile_rows, rows - first);
    Real* to = y + first * out;
    put_bias(count, out, bias, to, out);
    for (Index j = 0; j < out; j += together) {
      const Index columns = std::min(together, out - j);
      const Matrix right = panels ? Matrix{panels->data + j * in, columns}
                                  : Matrix{weight + j * in, in, true};
      gemm(count, columns, in, 1, {x + first * in, in}, right, bias ? 1 : 0, to + j, out);
    }
  });
}

}  // namespace heed::inline HEED_REAL
