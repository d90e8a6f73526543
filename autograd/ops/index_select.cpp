// Picking and putting whole slices by index. Each op is the derivative of its neighbour.
#include "autograd/ops/index_select.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/gather.h"
#include "autograd/ledger.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

// `shape` with `count` axes from `axis` on replaced by those of `middle`.
Shape replaced(const Shape& shape, int axis, int count, const Shape& middle) {
  std::vector<Index> extents(shape.begin(), shape.begin() + axis);
  extents.insert(extents.end(), middle.begin(), middle.end());
  extents.insert(extents.end(), shape.begin() + axis + count, shape.end());
  return Shape(extents);
}

void count_copy(const Tensor& moved) {
  count_cost(0, 2 * static_cast<std::uint64_t>(moved.size()) * sizeof(Real));
}

}  // namespace

Tensor index_select(const Tensor& x, const Indices& ids, int axis) {
  axis = x.shape().axis(axis, "index_select");
  const Lines whole = lines_of(x.shape(), axis);
  check_ids("index_select", ids, whole.n, fmt::format("axis {} of x", axis));
  const Tensor y = Tensor::empty(replaced(x.shape(), axis, 1, ids.shape()));
  pick_slices(x.data(), whole, ids.data(), ids.size(), y.mutable_data());
  count_copy(y);
  return differentiable("index_select", y, wrt(x, [ids, n = whole.n, axis](const Tensor& g) {
                          return index_add(g, ids, n, axis);
                        }));
}

Tensor index_add(const Tensor& values, const Indices& ids, Index extent, int axis) {
  if (extent < 0) throw ValueError(fmt::format("[index_add] an extent of {}", extent));
  const Shape& shape = values.shape();
  const int replaced_axes = ids.shape().rank();
  const int rank = shape.rank() - replaced_axes + 1;  // of the result
  const int at = axis < 0 ? axis + rank : axis;
  const bool inside = at >= 0 && at < rank;
  if (!inside || !std::equal(ids.shape().begin(), ids.shape().end(), shape.begin() + at)) {
    throw ShapeError(
        fmt::format("[index_add] values {} do not have the axes of ids {} in the "
                    "place of axis {}",
                    shape.str(), ids.shape().str(), axis));
  }
  check_ids("index_add", ids, extent, fmt::format("axis {} of the result", at));
  const Tensor y = Tensor::zeros(replaced(shape, at, replaced_axes, {extent}));
  add_slices(values.data(), ids.data(), ids.size(), y.mutable_data(), lines_of(y.shape(), at));
  count_copy(values);
  return differentiable(
      "index_add", y, wrt(values, [ids, at](const Tensor& g) { return index_select(g, ids, at); }));
}

Tensor one_hot(const Indices& ids, Index classes) {
  if (classes < 0) throw ValueError(fmt::format("[one_hot] {} classes", classes));
  check_ids("one_hot", ids, classes, "the classes");
  const Tensor y = Tensor::zeros(ids.shape().inserted(ids.shape().rank(), classes));
  Real* to = y.mutable_data();
  for (Index i = 0; i < ids.size(); ++i) to[i * classes + ids[i]] = 1;
  count_copy(y);
  return y;
}

}  // namespace heed::inline HEED_REAL
