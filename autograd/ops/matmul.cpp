#include <fmt/format.h>

#include <algorithm>

#include "autograd/graph.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// Multiply-adds that are worth a tile of their own. Tiles depend on the product alone, so that the
// number of threads changes no bit.
constexpr Index tile_work = Index{1} << 18;

// Rows or columns of the result that one tile makes: at most 128, and of a large product with short
// sides (the gradient of a weight) a quarter, for the threads to share.
Index tile_side(Index side, Index work) {
  if (work <= 2 * tile_work) return side;
  return std::min<Index>({side, 128, rounded_up(pieces_of(side, 4), 16)});
}

Shape leading(const Shape& shape) {
  return Shape(std::span<const Index>(shape.begin(), shape.end() - 2));
}

struct Product {
  Index m = 1, n = 1, k = 1;
  Shape batch = {};
};

Product check(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  if (a.rank() == 0 || b.rank() == 0) {
    throw ShapeError(
        fmt::format("[matmul] a scalar is no matrix: a {}, b {}\n"
                    "hint: write a * b",
                    a.shape().str(), b.shape().str()));
  }
  const int a_inner = a.rank() > 1 && options.transpose_a ? -2 : -1;
  const int b_inner = b.rank() > 1 && !options.transpose_b ? -2 : -1;
  if (a.dim(a_inner) != b.dim(b_inner)) {
    const auto name = [](int axis) { return axis == -1 ? "last" : "second-to-last"; };
    throw ShapeError(fmt::format("[matmul] {} axis of a {} must equal {} axis of b {}: {} vs {}",
                                 name(a_inner), a.shape().str(), name(b_inner), b.shape().str(),
                                 a.dim(a_inner), b.dim(b_inner)));
  }
  if (a.rank() == 1 || b.rank() == 1) return {};
  return {a.dim(options.transpose_a ? -1 : -2), b.dim(options.transpose_b ? -2 : -1),
          a.dim(a_inner), broadcast(leading(a.shape()), leading(b.shape()), "matmul")};
}

// The offset of matrix i of the batch in an operand whose leading axes are broadcast to `batch`.
Index offset_of(Index i, const Shape& batch, const Shape& operand) {
  const Shape own = leading(operand);
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

// The whole batch, cut into tiles: along the longer side of large products, several small ones
// together.
void multiply(const Product& p, const Tensor& a, const Tensor& b, const MatmulOptions& options,
              Real* y) {
  const Index work = p.m * p.n * p.k;
  const bool by_rows = p.m >= p.n;
  const Index side = by_rows ? p.m : p.n;
  const Index cut = tile_side(side, work);
  const Index cuts = pieces_of(side, cut);
  const Index together = std::max<Index>(1, tile_work / std::max<Index>(1, work));
  const Index pieces = p.batch.size() * cuts;
  parallel_for(pieces_of(pieces, together), [&](Index tile) {
    const Index stop = std::min(pieces, (tile + 1) * together);
    for (Index piece = tile * together; piece < stop; ++piece) {
      const Index i = piece / cuts;
      const Index first = piece % cuts * cut;
      const Index count = std::min(cut, side - first);
      const Index row = by_rows ? first : 0;
      const Index column = by_rows ? 0 : first;
      const Real* from_a = a.data() + offset_of(i, p.batch, a.shape());
      const Real* from_b = b.data() + offset_of(i, p.batch, b.shape());
      gemm(
          by_rows ? count : p.m, by_rows ? p.n : count, p.k, 1,
          {from_a + row * (options.transpose_a ? 1 : a.dim(-1)), a.dim(-1), options.transpose_a},
          {from_b + column * (options.transpose_b ? b.dim(-1) : 1), b.dim(-1), options.transpose_b},
          0, y + (i * p.m + row) * p.n + column, p.n);
    }
  });
  const auto cells = static_cast<std::uint64_t>(p.batch.size() * p.m * p.n);
  count_cost(cells * static_cast<std::uint64_t>(p.k),
             (static_cast<std::uint64_t>(a.size() + b.size()) + cells) * sizeof(Real));
}

Tensor flat(const Tensor& x) {
  return reshape(x, {x.size() / std::max<Index>(1, x.dim(-1)), x.dim(-1)});
}

// At least one of the two is a vector: as a matrix of one row or one column, and that axis taken
// out of the result.
Tensor with_vectors(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  const bool row = a.rank() == 1, column = b.rank() == 1;
  const Tensor y = matmul(
      row ? unsqueeze(a, 0) : a, column ? unsqueeze(b, 1) : b,
      {.transpose_a = options.transpose_a && !row, .transpose_b = options.transpose_b && !column});
  Shape shape = y.shape();
  if (row) shape = shape.erased(-2);
  if (column) shape = shape.erased(-1);
  return reshape(y, shape);
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  const Product p = check(a, b, options);
  if (a.rank() == 1 || b.rank() == 1) return with_vectors(a, b, options);
  const bool ta = options.transpose_a;
  const bool tb = options.transpose_b;
  // One matrix b for the whole batch: the leading axes of a are rows like any other, one large
  // product.
  if (b.rank() == 2 && a.rank() > 2 && !ta && a.size() > 0) {
    Shape shape = a.shape().with(-1, p.n);
    return reshape(matmul(flat(a), b, options), shape);
  }
  std::vector<Index> extents(p.batch.begin(), p.batch.end());
  extents.insert(extents.end(), {p.m, p.n});
  const Tensor y = Tensor::empty(Shape(extents));
  multiply(p, a, b, options, y.mutable_data());
  const auto rule_a = [b = keep(b), ta, tb, shape = a.shape()](const Tensor& g) {
    return sum_to(ta ? matmul(b(), g, {.transpose_a = tb, .transpose_b = true})
                     : matmul(g, b(), {.transpose_b = !tb}),
                  shape);
  };
  const auto rule_b = [a = keep(a), ta, tb, shape = b.shape()](const Tensor& g) {
    return sum_to(tb ? matmul(g, a(), {.transpose_a = true, .transpose_b = ta})
                     : matmul(a(), g, {.transpose_a = !ta}),
                  shape);
  };
  return differentiable("matmul", y, wrt(a, rule_a), wrt(b, rule_b));
}

Tensor outer(const Tensor& a, const Tensor& b) {
  if (a.rank() != 1 || b.rank() != 1) {
    throw ShapeError(
        fmt::format("[outer] needs two vectors: a {}, b {}", a.shape().str(), b.shape().str()));
  }
  return unsqueeze(a, 1) * b;  // (M, 1) * (N) -> (M, N)
}

}  // namespace heed::inline HEED_REAL
