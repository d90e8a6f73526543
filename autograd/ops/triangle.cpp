// Triangles and diagonals of matrices.
#include "autograd/ops/triangle.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "autograd/graph.h"
#include "autograd/kernels/rows.h"
#include "autograd/kernels/strided_copy.h"
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

// The columns [from(i), to(i)) of row i of every matrix, zeros elsewhere.
template <class From, class To>
Tensor part_of_rows(const Tensor& x, From from, To to) {
  Tensor y = Tensor::empty(x.shape());
  const Index n = x.dim(-1), height = x.dim(-2);
  const Real* source = x.data();
  Real* target = y.mutable_data();
  for_row_tiles(row_count(x.shape()), n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      const Index begin = std::clamp<Index>(from(r % height), 0, n);
      const Index end = std::clamp<Index>(to(r % height), 0, n);
      Real* row = target + r * n;
      std::fill(row, row + begin, Real{0});
      std::copy(source + r * n + begin, source + r * n + end, row + begin);
      std::fill(row + end, row + n, Real{0});
    }
  });
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
  const Tensor y = part_of_rows(
      x, [](Index) { return Index{0}; }, [k](Index i) { return i + k + 1; });
  return differentiable("tril", y, wrt(x, [k](const Tensor& g) { return tril(g, k); }));
}

Tensor triu(const Tensor& x, Index offset) {
  check_rank("triu", x, 2);
  const Index k = clamped(x, offset), n = x.dim(-1);
  const Tensor y = part_of_rows(
      x, [k](Index i) { return i + k; }, [n](Index) { return n; });
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
