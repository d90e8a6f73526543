#include "autograd/kernels/matmul.h"

#include <algorithm>

#include "autograd/kernels/few_rows.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/strided_copy.h"

namespace heed::inline HEED_REAL {
namespace {

// Multiply-adds that are worth a tile of their own. Tiles depend on the product alone, so that the
// number of threads changes no bit.
constexpr Index tile_work = Index{1} << 18;

// Rows or columns of the result that one tile makes: at most 128, and of a large product with short
// sides (the gradient of a weight) a quarter, for the threads to share. Where memory is what takes
// the time, a few rows by a weight, long runs of it are read at once.
Index tile_side(Index side, Index work, Index other) {
  if (work <= 2 * tile_work) return side;
  if (other <= few_rows) return std::min<Index>(side, 1024);
  return std::min<Index>({side, 128, rounded_up(pieces_of(side, 4), 16)});
}

// The offset of matrix i of the batch in an operand whose leading axes are broadcast to `batch`.
Index offset_of(Index i, const Shape& batch, const Shape& operand) {
  const Shape own = leading_axes(operand);
  const Strides strides = contiguous_strides(own);
  Index offset = 0;
  for (int axis = batch.rank() - 1; axis >= 0; --axis) {
    const Index here = i % batch[axis];
    i /= batch[axis];
    const int at = axis - (batch.rank() - own.rank());
    if (at >= 0 && own[at] != 1) offset += here * strides[static_cast<std::size_t>(at)];
  }
  return offset * operand[-1] * operand[-2];
}

}  // namespace

// The whole batch, cut into tiles: along the longer side of large products, several small ones
// together.
void multiply(const Products& p, const Matrices& a, const Matrices& b, Real* y) {
  const Index work = p.m * p.n * p.k;
  const bool by_rows = p.m >= p.n;
  const Index side = by_rows ? p.m : p.n;
  const Index cut = tile_side(side, work, by_rows ? p.n : p.m);
  const Index cuts = pieces_of(side, cut);
  const Index together = std::max<Index>(1, tile_work / std::max<Index>(1, work));
  const Index a_stride = a.shape[-1], b_stride = b.shape[-1];
  const Index pieces = p.batch.size() * cuts;
  parallel_for(pieces_of(pieces, together), [&](Index tile) {
    const Index stop = std::min(pieces, (tile + 1) * together);
    for (Index piece = tile * together; piece < stop; ++piece) {
      const Index i = piece / cuts;
      const Index first = piece % cuts * cut;
      const Index count = std::min(cut, side - first);
      const Index row = by_rows ? first : 0;
      const Index column = by_rows ? 0 : first;
      const Real* from_a = a.data + offset_of(i, p.batch, a.shape);
      const Real* from_b = b.data + offset_of(i, p.batch, b.shape);
      gemm(by_rows ? count : p.m, by_rows ? p.n : count, p.k, 1,
           {from_a + row * (a.transposed ? 1 : a_stride), a_stride, a.transposed},
           {from_b + column * (b.transposed ? b_stride : 1), b_stride, b.transposed}, 0,
           y + (i * p.m + row) * p.n + column, p.n);
    }
  });
}

}  // namespace heed::inline HEED_REAL
