// The same values several times over, and windows that share values.
#include "autograd/ops/repeat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/graph.h"
#include "autograd/kernels/axis_runs.h"
#include "autograd/kernels/overlap_add.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

void check_times(const char* op, Index times) {
  if (times < 0) throw ValueError(fmt::format("[{}] {} times", op, times));
}

// How many windows fit. Throws unless at least one does.
Index windows_in(const char* op, const Shape& shape, int axis, Index size, Index step) {
  if (size < 1 || step < 1) {
    throw ValueError(
        fmt::format("[{}] windows of {} every {}; both must be at least 1", op, size, step));
  }
  if (size > shape[axis]) {
    throw ShapeError(fmt::format("[{}] a window of {} does not fit into axis {} of shape {}", op,
                                 size, axis, shape.str()));
  }
  return (shape[axis] - size) / step + 1;
}

}  // namespace

Tensor repeat(const Tensor& x, const std::vector<Index>& times) {
  const int added = static_cast<int>(times.size()) - x.rank();
  if (added < 0) {
    throw ShapeError(fmt::format("[repeat] ({}) says less than the {} axes of shape {}",
                                 fmt::join(times, ", "), x.rank(), x.shape().str()));
  }
  for (const Index count : times) check_times("repeat", count);
  Shape shape = x.shape();
  for (int i = 0; i < added; ++i) shape = shape.inserted(0, 1);
  Tensor y = reshape(x, shape);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const Index count = times[static_cast<std::size_t>(axis)];
    if (count == 1) continue;
    const Lines whole = lines_of(shape, axis);
    const Index row = whole.n * whole.inner;
    const Shape many{whole.outer, count, row};
    shape = shape.with(axis, count * whole.n);
    y = reshape(expand(reshape(y, Shape{whole.outer, 1, row}), many), shape);
  }
  return y;
}

Tensor repeat_interleave(const Tensor& x, Index times, int axis) {
  axis = x.shape().axis(axis, "repeat_interleave");
  check_times("repeat_interleave", times);
  const Lines whole = lines_of(x.shape(), axis);
  const Shape many{whole.outer, whole.n, times, whole.inner};
  const Tensor apart = reshape(x, Shape{whole.outer, whole.n, 1, whole.inner});
  return reshape(expand(apart, many), x.shape().with(axis, times * whole.n));
}

Tensor repeat_interleave(const Tensor& x, const Indices& times, int axis) {
  axis = x.shape().axis(axis, "repeat_interleave");
  if (!(times.shape() == Shape{x.shape()[axis]})) {
    throw ShapeError(fmt::format("[repeat_interleave] times {} for axis {} of shape {}",
                                 times.shape().str(), axis, x.shape().str()));
  }
  std::vector<std::int32_t> sources;
  for (Index i = 0; i < times.size(); ++i) {
    check_times("repeat_interleave", times[i]);
    sources.insert(sources.end(), static_cast<std::size_t>(times[i]),
                   checked_id("repeat_interleave", i));
  }
  return index_select(x, Indices(std::move(sources)), axis);
}

Tensor unfold(const Tensor& x, int axis, Index size, Index step) {
  axis = x.shape().axis(axis, "unfold");
  const Index count = windows_in("unfold", x.shape(), axis, size, step);
  if (x.rank() == Shape::max_rank) {
    throw ShapeError(fmt::format("[unfold] shape {} has no room for one more axis of {}",
                                 x.shape().str(), Shape::max_rank));
  }
  const Shape shape = x.shape().with(axis, count).inserted(x.rank(), size);
  Strides strides = contiguous_strides(x.shape());
  const auto a = static_cast<std::size_t>(axis);
  strides[static_cast<std::size_t>(x.rank())] = strides[a];
  strides[a] *= count > 1 ? step : 1;
  const Tensor y = Tensor::empty(shape);
  strided_copy(shape, y.mutable_data(), contiguous_strides(shape), x.data(), strides);
  return differentiable("unfold", y,
                        wrt(x, [axis, extent = x.shape()[axis], step](const Tensor& g) {
                          return fold(g, axis, extent, step);
                        }));
}

Tensor fold(const Tensor& windows, int axis, Index extent, Index step) {
  if (windows.rank() < 2) {
    throw ShapeError(
        fmt::format("[fold] windows of shape {} need two axes or more", windows.shape().str()));
  }
  const Index size = windows.dim(-1);
  const Shape counted = windows.shape().erased(-1);
  axis = counted.axis(axis, "fold");
  const Shape shape = counted.with(axis, extent);
  const Index count = windows_in("fold", shape, axis, size, step);
  if (count != counted[axis]) {
    throw ShapeError(
        fmt::format("[fold] {} windows in axis {} of shape {}; {} of size {} fit into "
                    "an extent of {}, one every {}",
                    counted[axis], axis, windows.shape().str(), count, size, extent, step));
  }
  const Tensor y = Tensor::empty(shape);
  overlap_add(windows.data(), {.count = count, .size = size, .step = step}, y.mutable_data(),
              lines_of(shape, axis));
  count_cost(0, static_cast<std::uint64_t>(windows.size() + y.size()) * sizeof(Real));
  return differentiable("fold", y, wrt(windows, [axis, size, step](const Tensor& g) {
                          return unfold(g, axis, size, step);
                        }));
}

}  // namespace heed::inline HEED_REAL
