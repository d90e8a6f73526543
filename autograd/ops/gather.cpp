// Picking and putting element by element, each with an id of its own.
#include "autograd/ops/gather.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/gather.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

void count_copy(const Tensor& moved) {
  count_cost(0, 2 * static_cast<std::uint64_t>(moved.size()) * sizeof(Real));
}

// y (outer, k, inner) from x (outer, n, inner); x and ids differ in the extent of `axis` alone.
Tensor picked(const char* op, const Tensor& x, const Indices& ids, int axis) {
  const Lines whole = lines_of(x.shape(), axis);
  check_ids(op, ids, whole.n, fmt::format("axis {} of x", axis));
  const Tensor y = Tensor::empty(ids.shape());
  pick_along(x.data(), whole, ids.data(), ids.shape()[axis], y.mutable_data());
  count_copy(y);
  return differentiable("gather", y, wrt(x, [ids, n = whole.n, axis](const Tensor& g) {
                          return put_along(g, ids, n, axis);
                        }));
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
  const Calling calling("take_along");
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
  add_along(values.data(), ids.data(), values.dim(axis), y.mutable_data(),
            lines_of(y.shape(), axis));
  count_copy(values);
  return differentiable("put_along", y,
                        wrt(values, [ids, axis](const Tensor& g) { return gather(g, ids, axis); }));
}

static void check_scatter(const char* op, const Tensor& x, const Indices& ids,
                          const Tensor& values, int axis) {
  check_inside(op, "x", x.shape(), ids, axis);
  check_inside(op, "values", values.shape(), ids, -1);
  check_ids(op, ids, x.dim(axis), fmt::format("axis {} of x", axis));
}

// Zeros of the shape of x with the values added where they belong.
static Tensor scattered(const Tensor& x, const Indices& ids, const Tensor& values, int axis) {
  Tensor added = put_along(values, ids, x.dim(axis), axis);
  for (int i = 0; i < x.rank(); ++i) added = pad(added, i, 0, x.dim(i) - added.dim(i));
  return added;
}

Tensor scatter_add(const Tensor& x, const Indices& ids, const Tensor& values, int axis) {
  const Calling calling("scatter_add");
  axis = x.shape().axis(axis, "scatter_add");
  check_scatter("scatter_add", x, ids, values, axis);
  return x + scattered(x, ids, trimmed(values, ids.shape(), -1), axis);
}

Tensor scatter(const Tensor& x, const Indices& ids, const Tensor& values, int axis) {
  const Calling calling("scatter");
  axis = x.shape().axis(axis, "scatter");
  check_scatter("scatter", x, ids, values, axis);
  const Strides strides = contiguous_strides(x.shape());
  std::vector<std::uint8_t> taken(static_cast<std::size_t>(x.size()));
  std::vector<std::uint8_t> stays(static_cast<std::size_t>(ids.size()));
  for (Index i = ids.size(); i-- > 0;) {  // the last one comes first
    Index rest = i, place = 0;
    for (int a = x.rank() - 1; a >= 0; --a) {
      const Index along = a == axis ? ids[i] : rest % ids.shape()[a];
      place += along * strides[static_cast<std::size_t>(a)];
      rest /= ids.shape()[a];
    }
    std::uint8_t& seen = taken[static_cast<std::size_t>(place)];
    stays[static_cast<std::size_t>(i)] = !seen;
    seen = 1;
  }
  const Tensor last =
      where(Mask(ids.shape(), std::move(stays)), trimmed(values, ids.shape(), -1), 0.0);
  return where(Mask(x.shape(), std::move(taken)), scattered(x, ids, last, axis), x);
}

Tensor gather_nd(const Tensor& x, const Indices& ids) {
  const Calling calling("gather_nd");
  const Shape& shape = ids.shape();
  const auto k = static_cast<int>(shape.rank() == 0 ? -1 : shape[-1]);
  if (k < 0 || k > x.rank()) {
    throw ShapeError(fmt::format(
        "[gather_nd] the last axis of ids {} must name places along the first axes of x {}",
        shape.str(), x.shape().str()));
  }
  std::vector<std::int32_t> places;
  for (Index i = 0; i < shape.erased(-1).size(); ++i) {
    Index place = 0;
    for (int axis = 0; axis < k; ++axis) {
      const Index id = ids[i * k + axis], extent = x.dim(axis);
      if (id < 0 || id >= extent) {
        throw ValueError(fmt::format("[gather_nd] id {} at position {} is outside [0, {}), axis {} "
                                     "of x",
                                     id, i * k + axis, extent, axis));
      }
      place = place * extent + id;
    }
    places.push_back(checked_id("gather_nd", place));
  }
  Index whole = 1;
  Shape rest = x.shape();
  for (int axis = 0; axis < k; ++axis) {
    whole *= rest[0];
    rest = rest.erased(0);
  }
  return index_select(reshape(x, rest.inserted(0, whole)),
                      Indices(shape.erased(-1), std::move(places)));
}

}  // namespace heed::inline HEED_REAL
