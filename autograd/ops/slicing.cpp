// Cutting pieces out of a tensor, and the way back: padding.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "autograd/graph.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ops.h"
#include "autograd/ops/ids.h"
#include "autograd/ops/slice_run.h"

namespace heed::inline HEED_REAL {
namespace {

// first, first + step, ...: `count` places along one axis, all of them inside.
struct Run {
  int axis;
  Index first, count, step;
};

Tensor place(const Tensor& x, const Shape& shape, const Run& run, Real around = 0);

Tensor cut(const Tensor& x, const Run& run) {
  const Shape shape = x.shape().with(run.axis, run.count);
  Strides strides = contiguous_strides(x.shape());
  const auto a = static_cast<std::size_t>(run.axis);
  const Index offset = shape.size() == 0 ? 0 : run.first * strides[a];
  strides[a] *= run.step;
  const auto copied = [&] {
    Tensor y = Tensor::empty(shape);
    strided_copy(shape, y.mutable_data(), contiguous_strides(shape), x.data() + offset, strides);
    return y;
  };
  const bool free = run.axis == 0 && run.step == 1;  // the rows lie side by side: share them
  return differentiable(
      "slice", free ? x.alias(shape, offset) : copied(),
      wrt(x, [from = x.shape(), run](const Tensor& g) { return place(g, from, run); }));
}

// x put at the places of the run into a tensor of `shape` that holds `around` elsewhere: the
// inverse of cut.
Tensor place(const Tensor& x, const Shape& shape, const Run& run, Real around) {
  Tensor y = Tensor::full(shape, around);
  Strides strides = contiguous_strides(shape);
  const auto a = static_cast<std::size_t>(run.axis);
  const Index offset = x.size() == 0 ? 0 : run.first * strides[a];
  strides[a] *= run.step;
  strided_copy(x.shape(), y.mutable_data() + offset, strides, x.data(),
               contiguous_strides(x.shape()));
  return differentiable("place", y, wrt(x, [run](const Tensor& g) { return cut(g, run); }));
}

// Where the element at `at`, which may lie outside, of an axis extended by `mode` comes from.
Index source(Index at, Index extent, PadMode mode) {
  if (mode == PadMode::replicate) return std::clamp(at, Index{0}, extent - 1);
  const bool mirrored = mode == PadMode::reflect;
  const Index period = mirrored ? std::max<Index>(1, 2 * (extent - 1)) : extent;
  const Index within = (at % period + period) % period;
  return within < extent ? within : period - within;
}

Tensor extended(const Tensor& x, int axis, Index before, Index total, PadMode mode) {
  const Index extent = x.shape()[axis];
  if (extent == 0) {
    throw ShapeError(
        fmt::format("[pad] axis {} of shape {} is empty: only a constant can stand "
                    "around it",
                    axis, x.shape().str()));
  }
  std::vector<std::int32_t> sources(static_cast<std::size_t>(checked_id("pad", total)));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i] = static_cast<std::int32_t>(source(static_cast<Index>(i) - before, extent, mode));
  }
  return index_select(x, Indices(std::move(sources)), axis);
}

}  // namespace

SliceRun slice_run(const Shape& shape, int axis, Index start, Index stop, Index step) {
  const Index extent = shape[axis];
  const Index first = start < 0 ? start + extent : start;
  const Index end = stop < 0 ? stop + extent : stop;
  const bool forward = step > 0 && 0 <= first && first <= end && end <= extent;
  const bool backward = step < 0 && -1 <= end && end <= first && first < extent;
  if (!forward && !backward) {
    throw ShapeError(fmt::format("[slice] {}:{}:{} does not lie inside axis {} of shape {}", start,
                                 stop, step, axis, shape.str()));
  }
  const Index reach = forward ? end - first - 1 : end - first + 1;  // from the first to the last
  const Index count = first == end ? 0 : reach / step + 1;
  return {first, count, count > 1 ? step : 1};
}

Tensor slice(const Tensor& x, int axis, Index start, Index stop, Index step) {
  axis = x.shape().axis(axis, "slice");
  const SliceRun run = slice_run(x.shape(), axis, start, stop, step);
  return cut(x, {axis, run.first, run.count, run.step});
}

Tensor select(const Tensor& x, int axis, Index i) {
  axis = x.shape().axis(axis, "select");
  const Index at = i < 0 ? i + x.shape()[axis] : i;
  if (at < 0 || at >= x.shape()[axis]) {
    throw ShapeError(
        fmt::format("[select] no element {} in axis {} of shape {}", i, axis, x.shape().str()));
  }
  return reshape(cut(x, {axis, at, 1, 1}), x.shape().erased(axis));
}

std::vector<Tensor> split(const Tensor& x, const std::vector<Index>& sizes, int axis) {
  axis = x.shape().axis(axis, "split");
  Index left = x.shape()[axis];
  for (const Index size : sizes) left = size < 0 || left < size ? -1 : left - size;
  if (left != 0) {
    throw ShapeError(fmt::format("[split] sizes ({}) do not add up to axis {} of shape {}",
                                 fmt::join(sizes, ", "), axis, x.shape().str()));
  }
  std::vector<Tensor> pieces;
  Index from = 0;
  for (const Index size : sizes) {
    pieces.push_back(cut(x, {axis, from, size, 1}));
    from += size;
  }
  return pieces;
}

std::vector<Tensor> split(const Tensor& x, Index size, int axis) {
  axis = x.shape().axis(axis, "split");
  if (size < 1) throw ValueError(fmt::format("[split] pieces of size {}; at least 1", size));
  const Index extent = x.shape()[axis];
  std::vector<Index> sizes(static_cast<std::size_t>(extent / size), size);
  if (extent % size != 0 || extent == 0) sizes.push_back(extent % size);
  return split(x, sizes, axis);
}

Tensor pad(const Tensor& x, int axis, Index before, Index after, const PadOptions& options) {
  axis = x.shape().axis(axis, "pad");
  if (before < 0 || after < 0) {
    throw ValueError(fmt::format("[pad] negative padding: {} before, {} after", before, after));
  }
  const Index extent = x.shape()[axis];
  Index total = 0;
  if (__builtin_add_overflow(before, after, &total) ||
      __builtin_add_overflow(total, extent, &total)) {
    throw ShapeError(
        fmt::format("[pad] {} before and {} after are more than can be counted", before, after));
  }
  if (total == extent) return reshape(x, x.shape());
  if (options.mode != PadMode::constant) return extended(x, axis, before, total, options.mode);
  return place(x, x.shape().with(axis, total), {axis, before, extent, 1},
               static_cast<Real>(options.value));
}

Tensor pad(const Tensor& x, const std::vector<std::pair<Index, Index>>& widths,
           const PadOptions& options) {
  if (static_cast<int>(widths.size()) != x.rank()) {
    throw ShapeError(fmt::format("[pad] {} pairs of widths for the {} axes of shape {}",
                                 widths.size(), x.rank(), x.shape().str()));
  }
  Tensor y = x;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto& [before, after] = widths[static_cast<std::size_t>(axis)];
    y = pad(y, axis, before, after, options);
  }
  return y;
}

Tensor flip(const Tensor& x, int axis) {
  axis = x.shape().axis(axis, "flip");
  const Index extent = x.shape()[axis];
  return cut(x, {axis, extent - 1, extent, -1});
}

Tensor roll(const Tensor& x, Index shift, int axis) {
  axis = x.shape().axis(axis, "roll");
  const Index extent = x.shape()[axis];
  const Index moved = extent == 0 ? 0 : (shift % extent + extent) % extent;
  if (moved == 0) return reshape(x, x.shape());
  return concat({cut(x, {axis, extent - moved, moved, 1}), cut(x, {axis, 0, extent - moved, 1})},
                axis);
}

}  // namespace heed::inline HEED_REAL
