// Triangles and diagonals of matrices.
#include "autograd/ops/triangle.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "autograd/graph.h"
#include "autograd/kernels/rows.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/kernels/triangle.h"
#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {
namespace {

void check_rank(const char* op, const Tensor& x, int rank) {
  if (x.rank() >= rank) return;
  throw ShapeError(fmt::format("[{}] needs at least {} {}, got a tensor of shape {}", op, rank,
                               rank == 1 ? "axis" : "axes", x.shape().str()));
}

// Beyond the matrix it makes no difference how far.
Index clamped(const Tensor& x, Index offset) { return std::clamp(offset, -x.dim(-2), x.dim(-1)); }

// y as kernel(x, y, matrices, k) fills it: one side of diagonal k.
using Kernel = void (*)(const Real*, Real*, const MatrixRows&, Index);
Tensor half(const Tensor& x, Index k, Kernel kernel) {
  Tensor y = Tensor::empty(x.shape());
  kernel(x.data(), y.mutable_data(), {row_count(x.shape()), x.dim(-2), x.dim(-1)}, k);
  count_cost(0, 2 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return y;
}

// Where the diagonal starts in a matrix of rows of n, and the strides along it.
struct Line {
  Index start;
  Strides strides;
  Line(const Shape& matrices, Index offset) : strides(contiguous_strides(matrices)) {
    const auto row = static_cast<std::size_t>(matrices.rank()) - 2;
    start = offset < 0 ? -offset * strides[row] : offset;
    strides[row] += 1;
  }
};

// values (..., L) on the diagonal of zeros of shape (..., M, N): the inverse of diagonal.
Tensor embedded(const Tensor& values, const Shape& shape, Index offset) {
  Tensor y = Tensor::zeros(shape);
  if (values.size() > 0) {
    const Line line(shape, offset);
    strided_copy(values.shape(), y.mutable_data() + line.start, line.strides, values.data(),
                 contiguous_strides(values.shape()));
  }
  return differentiable("diag_embed", y,
                        wrt(values, [offset](const Tensor& g) { return diagonal(g, offset); }));
}

}  // namespace

Tensor tril(const Tensor& x, Index offset) {
  check_rank("tril", x, 2);
  const Index k = clamped(x, offset);
  const Tensor y = half(x, k, copy_lower);
  return differentiable("tril", y, wrt(x, [k](const Tensor& g) { return tril(g, k); }));
}

Tensor triu(const Tensor& x, Index offset) {
  check_rank("triu", x, 2);
  const Index k = clamped(x, offset);
  const Tensor y = half(x, k, copy_upper);
  return differentiable("triu", y, wrt(x, [k](const Tensor& g) { return triu(g, k); }));
}

Tensor diagonal(const Tensor& x, Index offset) {
  check_rank("diagonal", x, 2);
  const Index k = clamped(x, offset);
  const Index length =
      k < 0 ? std::min(x.dim(-2) + k, x.dim(-1)) : std::min(x.dim(-2), x.dim(-1) - k);
  Tensor y = Tensor::empty(x.shape().erased(-1).with(-1, length));
  if (y.size() > 0) {
    const Line line(x.shape(), k);
    strided_copy(y.shape(), y.mutable_data(), contiguous_strides(y.shape()), x.data() + line.start,
                 line.strides);
  }
  return differentiable("diagonal", y, wrt(x, [from = x.shape(), k](const Tensor& g) {
                          return embedded(g, from, k);
                        }));
}

Tensor diag_embed(const Tensor& x, Index offset) {
  check_rank("diag_embed", x, 1);
  constexpr Index most = std::numeric_limits<Index>::max() / 2;  // more cannot be counted
  const Index side = x.dim(-1) + std::abs(std::clamp(offset, -most, most));
  return embedded(x, x.shape().with(-1, side).inserted(x.rank(), side), offset);
}

}  // namespace heed::inline HEED_REAL
