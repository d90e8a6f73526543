#include <fmt/format.h>

#include <algorithm>

#include "autograd/graph.h"
#include "autograd/kernels/matmul.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

Products check(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
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
          a.dim(a_inner), broadcast(leading_axes(a.shape()), leading_axes(b.shape()), "matmul")};
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
  const Products p = check(a, b, options);
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
  multiply(p, {a.data(), a.shape(), ta}, {b.data(), b.shape(), tb}, y.mutable_data());
  const auto cells = static_cast<std::uint64_t>(y.size());
  count_cost(cells * static_cast<std::uint64_t>(p.k),
             (static_cast<std::uint64_t>(a.size() + b.size()) + cells) * sizeof(Real));
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
