// Picking and putting by index. Each op is the derivative of its neighbour.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/graph.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

void check_ids(const char* op, const Indices& ids, Index count, const char* of_what) {
  for (Index i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= count) {
      throw ValueError(fmt::format("[{}] id {} at position {} is outside [0, {}), the {}", op,
                                   ids[i], i, count, of_what));
    }
  }
}

void check_has_axis(const char* op, const Shape& shape) {
  if (shape.rank() == 0) throw ShapeError(fmt::format("[{}] a scalar has no axis", op));
}

void check_count(const char* op, Index count) {
  if (count < 0) throw ValueError(fmt::format("[{}] a size of {} is negative", op, count));
}

// a's axes, then those of b behind its first `skipped`.
Shape joined(const Shape& a, const Shape& b, int skipped) {
  std::vector<Index> extents(a.begin(), a.end());
  extents.insert(extents.end(), b.begin() + skipped, b.end());
  return Shape(extents);
}

void count_copy(const Tensor& moved) {
  count_cost(0, 2 * static_cast<std::uint64_t>(moved.size()) * sizeof(Real));
}

// Throws unless the two shapes differ in the last extent at most. Returns how many rows they have.
Index matching_rows(const char* op, const Shape& a, const Shape& b) {
  check_has_axis(op, a);
  check_has_axis(op, b);
  if (a.with(-1, 1) != b.with(-1, 1)) {
    throw ShapeError(fmt::format("[{}] shape {} and {} of the ids may differ in the last axis only",
                                 op, a.str(), b.str()));
  }
  return a.with(-1, 1).size();
}

}  // namespace

Tensor index_select(const Tensor& x, const Indices& ids) {
  check_has_axis("index_select", x.shape());
  const Index rows = x.dim(0);
  check_ids("index_select", ids, rows, "rows of x");
  Tensor y = Tensor::empty(joined(ids.shape(), x.shape(), 1));
  const Index width = rows == 0 ? 0 : x.size() / rows;
  const Real* from = x.data();
  Real* to = y.mutable_data();
  for (Index i = 0; i < ids.size(); ++i) std::copy_n(from + ids[i] * width, width, to + i * width);
  count_copy(y);
  return differentiable("index_select", y, wrt(x, [ids, rows](const Tensor& g) {
    return index_add(g, ids, rows);
  }));
}

Tensor index_add(const Tensor& values, const Indices& ids, Index rows) {
  check_count("index_add", rows);
  check_ids("index_add", ids, rows, "rows of the result");
  const Shape& shape = values.shape();
  const int id_rank = ids.shape().rank();
  if (shape.rank() < id_rank ||
      !std::equal(ids.shape().begin(), ids.shape().end(), shape.begin())) {
    throw ShapeError(fmt::format("[index_add] the shape of values {} must begin with that of "
                                 "ids {}", shape.str(), ids.shape().str()));
  }
  Tensor y = Tensor::zeros(joined({rows}, shape, id_rank));
  const Index width = ids.size() == 0 ? 0 : values.size() / ids.size();
  const Real* from = values.data();
  Real* to = y.mutable_data();
  for (Index i = 0; i < ids.size(); ++i) {
    Real* row = to + ids[i] * width;
    for (Index j = 0; j < width; ++j) row[j] += *from++;
  }
  count_copy(values);
  return differentiable("index_add", y,
                        wrt(values, [ids](const Tensor& g) { return index_select(g, ids); }));
}

Tensor take_along(const Tensor& x, const Indices& ids) {
  const Index rows = matching_rows("take_along", x.shape(), ids.shape());
  const Index n = x.dim(-1);
  check_ids("take_along", ids, n, "last axis of x");
  const Index k = ids.shape()[-1];
  Tensor y = Tensor::empty(ids.shape());
  const Real* from = x.data();
  Real* to = y.mutable_data();
  for (Index r = 0; r < rows; ++r) {
    for (Index j = 0; j < k; ++j) to[r * k + j] = from[r * n + ids[r * k + j]];
  }
  count_copy(y);
  return differentiable("take_along", y,
                        wrt(x, [ids, n](const Tensor& g) { return put_along(g, ids, n); }));
}

Tensor put_along(const Tensor& values, const Indices& ids, Index n) {
  check_count("put_along", n);
  check_has_axis("put_along", values.shape());
  if (values.shape() != ids.shape()) {
    throw ShapeError(fmt::format("[put_along] values {} and ids {} must have one shape",
                                 values.shape().str(), ids.shape().str()));
  }
  check_ids("put_along", ids, n, "last axis of the result");
  const Index k = values.dim(-1);
  Tensor y = Tensor::zeros(values.shape().with(-1, n));
  const Real* from = values.data();
  Real* to = y.mutable_data();
  for (Index i = 0; i < values.size(); ++i) to[i / k * n + ids[i]] += from[i];
  count_copy(values);
  return differentiable("put_along", y,
                        wrt(values, [ids](const Tensor& g) { return take_along(g, ids); }));
}

Tensor one_hot(const Indices& ids, Index classes) {
  check_count("one_hot", classes);
  check_ids("one_hot", ids, classes, "classes");
  Tensor y = Tensor::zeros(joined(ids.shape(), {classes}, 0));
  Real* to = y.mutable_data();
  for (Index i = 0; i < ids.size(); ++i) to[i * classes + ids[i]] = 1;
  count_copy(y);
  return y;
}

}  // namespace heed::inline HEED_REAL
