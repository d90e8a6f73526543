// Picking and putting element by element, each with an id of its own.
#include "autograd/ops/gather.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/axis_runs.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/ids.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// Elements that one tile moves; fixed, so that the number of threads changes no bit.
constexpr Index tile_size = Index{1} << 14;
constexpr Index narrowest = 64;  // columns that one tile adds to

void count_copy(const Tensor& moved) {
  count_cost(0, 2 * static_cast<std::uint64_t>(moved.size()) * sizeof(Real));
}

// y (outer, k, inner) from x (outer, n, inner); x and ids differ in the extent of `axis` alone.
Tensor picked(const char* op, const Tensor& x, const Indices& ids, int axis) {
  const Lines whole = lines_of(x.shape(), axis);
  check_ids(op, ids, whole.n, fmt::format("axis {} of x", axis));
  const Tensor y = Tensor::empty(ids.shape());
  const Index k = ids.shape()[axis];
  const Index n = whole.n, inner = whole.inner;
  const Index rows = whole.outer * k;
  const Index rows_a_tile = std::max<Index>(1, tile_size / std::max<Index>(1, inner));
  const Real* from = x.data();
  Real* to = y.mutable_data();
  parallel_for((rows + rows_a_tile - 1) / rows_a_tile, [&](Index tile) {
    const Index stop = std::min(rows, (tile + 1) * rows_a_tile);
    for (Index row = tile * rows_a_tile; row < stop; ++row) {
      const Real* plane = from + row / k * n * inner;
      for (Index i = 0; i < inner; ++i) {
        to[row * inner + i] = plane[ids[row * inner + i] * inner + i];
      }
    }
  });
  count_copy(y);
  return differentiable(
      "gather", y, wrt(x, [ids, n, axis](const Tensor& g) { return put_along(g, ids, n, axis); }));
}

// to (outer, n, inner) += from (outer, k, inner). A line along the axis belongs to one tile, which
// adds to it in the order of the ids.
void add_along(const Indices& ids, Index k, const Lines& result, const Real* from, Real* to) {
  const Index outer = result.outer;
  const Index n = result.n;
  const Index inner = result.inner;
  if (ids.size() == 0) return;
  const Index columns = std::min(inner, std::max(narrowest, tile_size / k));
  const Index parts = (inner + columns - 1) / columns;
  const Index together = std::max<Index>(1, tile_size / (k * columns));
  const Index planes_a_tile = parts == 1 ? together : 1;
  const Index groups = (outer + planes_a_tile - 1) / planes_a_tile;
  parallel_for(groups * parts, [&](Index tile) {
    const Index begin = tile % parts * columns;
    const Index end = std::min(inner, begin + columns);
    const Index first = tile / parts * planes_a_tile;
    const Index last = std::min(outer, first + planes_a_tile);
    for (Index row = first * k; row < last * k; ++row) {
      Real* plane = to + row / k * n * inner;
      for (Index i = begin; i < end; ++i) {
        plane[ids[row * inner + i] * inner + i] += from[row * inner + i];
      }
    }
  });
}

// The first extents of x along every axis but `axis` (-1: along every one).
Tensor trimmed(const Tensor& x, const Shape& extents, int axis) {
  Tensor y = x;
  for (int i = 0; i < x.rank(); ++i) {
    if (i != axis && extents[i] != x.dim(i)) y = slice(y, i, 0, extents[i]);
  }
  return y;
}

// Throws unless ids have the rank of x and are no larger along every axis but `axis`.
void check_inside(const char* op, const char* name, const Shape& x, const Indices& ids, int axis) {
  bool inside = x.rank() == ids.shape().rank();
  for (int i = 0; inside && i < x.rank(); ++i) {
    inside = i == axis || ids.shape()[i] <= x[i];
  }
  if (!inside) {
    throw ShapeError(
        fmt::format("[{}] ids {} do not lie inside {} {}", op, ids.shape().str(), name, x.str()));
  }
}

Indices stretched(const Indices& ids, const Shape& shape) {
  if (ids.shape() == shape) return ids;
  const Strides own = contiguous_strides(ids.shape());
  std::vector<std::int32_t> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Index rest = static_cast<Index>(i), from = 0;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const bool stays = ids.shape()[axis] == 1;
      from += stays ? 0 : rest % shape[axis] * own[static_cast<std::size_t>(axis)];
      rest /= shape[axis];
    }
    values[i] = ids[from];
  }
  return Indices(shape, std::move(values));
}

}  // namespace

Tensor gather(const Tensor& x, const Indices& ids, int axis) {
  axis = x.shape().axis(axis, "gather");
  check_inside("gather", "x", x.shape(), ids, axis);
  return picked("gather", trimmed(x, ids.shape(), axis), ids, axis);
}

Tensor take_along(const Tensor& x, const Indices& ids, int axis) {
  axis = x.shape().axis(axis, "take_along");
  if (x.rank() != ids.shape().rank()) {
    throw ShapeError(fmt::format("[take_along] x {} and ids {} must have the same rank",
                                 x.shape().str(), ids.shape().str()));
  }
  const Shape others = broadcast(x.shape().with(axis, 1), ids.shape().with(axis, 1), "take_along");
  return picked("take_along", expand(x, others.with(axis, x.dim(axis))),
                stretched(ids, others.with(axis, ids.shape()[axis])), axis);
}

Tensor put_along(const Tensor& values, const Indices& ids, Index extent, int axis) {
  axis = values.shape().axis(axis, "put_along");
  if (extent < 0) throw ValueError(fmt::format("[put_along] an extent of {}", extent));
  if (!(values.shape() == ids.shape())) {
    throw ShapeError(fmt::format("[put_along] values {} and ids {} must have one shape",
                                 values.shape().str(), ids.shape().str()));
  }
  check_ids("put_along", ids, extent, fmt::format("axis {} of the result", axis));
  const Tensor y = Tensor::zeros(values.shape().with(axis, extent));
  add_along(ids, values.dim(axis), lines_of(y.shape(), axis), values.data(), y.mutable_data());
  count_copy(values);
  return differentiable("put_along", y,
                        wrt(values, [ids, axis](const Tensor& g) { return gather(g, ids, axis); }));
}

Tensor scatter_add(const Tensor& x, const Indices& ids, const Tensor& values, int axis) {
  axis = x.shape().axis(axis, "scatter_add");
  check_inside("scatter_add", "x", x.shape(), ids, axis);
  check_inside("scatter_add", "values", values.shape(), ids, -1);
  check_ids("scatter_add", ids, x.dim(axis), fmt::format("axis {} of x", axis));
  Tensor added = put_along(trimmed(values, ids.shape(), -1), ids, x.dim(axis), axis);
  for (int i = 0; i < x.rank(); ++i) added = pad(added, i, 0, x.dim(i) - added.dim(i));
  return x + added;
}

}  // namespace heed::inline HEED_REAL
