// Ops that move values and change none.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "autograd/graph.h"
#include "autograd/ops.h"
#include "autograd/ops/strided_copy.h"

namespace heed::inline HEED_REAL {
namespace {

Tensor copy_of(const Shape& shape, const Real* from, const Strides& strides) {
  Tensor y = Tensor::empty(shape);
  strided_copy(shape, y.mutable_data(), contiguous_strides(shape), from, strides);
  return y;
}

// x put into zeros of `shape` at start, start + step, ... along `axis`: the inverse of slice.
Tensor place(const Tensor& x, const Shape& shape, int axis, Index start, Index step) {
  Tensor y = Tensor::zeros(shape);
  Strides strides = contiguous_strides(shape);
  const auto a = static_cast<std::size_t>(axis);
  Real* first = y.mutable_data() + start * strides[a];
  strides[a] *= step;
  strided_copy(x.shape(), first, strides, x.data(), contiguous_strides(x.shape()));
  return differentiable("place", y,
                        wrt(x, [axis, start, step, n = x.shape()[axis]](const Tensor& g) {
                          return slice(g, axis, start, start + (n - 1) * step + 1, step);
                        }));
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape) {
  if (shape.size() != x.size()) {
    throw ShapeError(fmt::format("[reshape] {} elements of shape {} do not fill shape {}", x.size(),
                                 x.shape().str(), shape.str()));
  }
  return differentiable("reshape", x.alias(shape),
                        wrt(x, [from = x.shape()](const Tensor& g) { return reshape(g, from); }));
}

Tensor reshape(const Tensor& x, std::initializer_list<Index> extents) {
  std::vector<Index> known(extents);
  const auto open = std::find(known.begin(), known.end(), -1);
  if (open == known.end()) return reshape(x, Shape(known));
  *open = 1;
  const Index rest = Shape(known).size();
  if (rest == 0 || x.size() % rest != 0) {
    throw ShapeError(fmt::format("[reshape] shape {} does not divide into ({})", x.shape().str(),
                                 fmt::join(extents, ", ")));
  }
  *open = x.size() / rest;
  return reshape(x, Shape(known));
}

Tensor permute(const Tensor& x, const std::vector<int>& order) {
  const int rank = x.rank();
  std::vector<int> inverse(order.size(), -1);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto from = static_cast<std::size_t>(x.shape().axis(order[i], "permute"));
    if (from < inverse.size()) inverse[from] = static_cast<int>(i);
  }
  if (static_cast<int>(order.size()) != rank ||
      std::find(inverse.begin(), inverse.end(), -1) != inverse.end()) {
    throw ShapeError(fmt::format("[permute] ({}) is no order of the axes of {}",
                                 fmt::join(order, ", "), x.shape().str()));
  }
  const Strides own = contiguous_strides(x.shape());
  std::vector<Index> extents;
  Strides strides{};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const int from = x.shape().axis(order[i], "permute");
    extents.push_back(x.shape()[from]);
    strides[i] = own[static_cast<std::size_t>(from)];
  }
  return differentiable("permute", copy_of(Shape(extents), x.data(), strides),
                        wrt(x, [inverse](const Tensor& g) { return permute(g, inverse); }));
}

Tensor transpose(const Tensor& x, int axis_a, int axis_b) {
  std::vector<int> order(static_cast<std::size_t>(x.rank()));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[static_cast<std::size_t>(x.shape().axis(axis_a, "transpose"))],
            order[static_cast<std::size_t>(x.shape().axis(axis_b, "transpose"))]);
  return permute(x, order);
}

Tensor expand(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  if (!(broadcast(x.shape(), shape, "expand") == shape)) {
    throw ShapeError(
        fmt::format("[expand] shape {} does not stretch to {}", x.shape().str(), shape.str()));
  }
  const Strides own = contiguous_strides(x.shape());
  Strides strides{};
  const int added = shape.rank() - x.rank();
  for (int axis = added; axis < shape.rank(); ++axis) {
    const bool stretched = x.shape()[axis - added] == 1;
    strides[static_cast<std::size_t>(axis)] =
        stretched ? 0 : own[static_cast<std::size_t>(axis - added)];
  }
  return differentiable("expand", copy_of(shape, x.data(), strides),
                        wrt(x, [from = x.shape()](const Tensor& g) { return sum_to(g, from); }));
}

Tensor slice(const Tensor& x, int axis, Index start, Index stop, Index step) {
  axis = x.shape().axis(axis, "slice");
  const Index extent = x.shape()[axis];
  const Index first = start < 0 ? start + extent : start;
  const Index end = stop < 0 ? stop + extent : stop;
  if (first < 0 || first > end || end > extent || step < 1) {
    throw ShapeError(fmt::format("[slice] {}:{}:{} does not lie inside axis {} of shape {}", start,
                                 stop, step, axis, x.shape().str()));
  }
  const Shape shape = x.shape().with(axis, (end - first + step - 1) / step);
  Strides strides = contiguous_strides(x.shape());
  const auto a = static_cast<std::size_t>(axis);
  const Index offset = first * strides[a];
  strides[a] *= step;
  const bool free = axis == 0 && step == 1;  // the rows lie side by side: share them
  const Tensor y = free ? x.alias(shape, offset)
                        : copy_of(shape, shape.size() == 0 ? x.data() : x.data() + offset, strides);
  return differentiable("slice", y, wrt(x, [from = x.shape(), axis, first, step](const Tensor& g) {
                          return place(g, from, axis, first, step);
                        }));
}

Tensor select(const Tensor& x, int axis, Index i) {
  axis = x.shape().axis(axis, "select");
  const Index at = i < 0 ? i + x.shape()[axis] : i;
  if (at < 0 || at >= x.shape()[axis]) {
    throw ShapeError(
        fmt::format("[select] no element {} in axis {} of shape {}", i, axis, x.shape().str()));
  }
  return reshape(slice(x, axis, at, at + 1), x.shape().erased(axis));
}

Tensor pad(const Tensor& x, int axis, Index before, Index after) {
  axis = x.shape().axis(axis, "pad");
  if (before < 0 || after < 0) {
    throw ValueError(fmt::format("[pad] negative padding: {} before, {} after", before, after));
  }
  return place(x, x.shape().with(axis, x.shape()[axis] + before + after), axis, before, 1);
}

Tensor flip(const Tensor& x, int axis) {
  axis = x.shape().axis(axis, "flip");
  Strides strides = contiguous_strides(x.shape());
  const auto a = static_cast<std::size_t>(axis);
  const Real* last = x.size() == 0 ? x.data() : x.data() + (x.shape()[axis] - 1) * strides[a];
  strides[a] = -strides[a];
  return differentiable("flip", copy_of(x.shape(), last, strides),
                        wrt(x, [axis](const Tensor& g) { return flip(g, axis); }));
}

}  // namespace heed::inline HEED_REAL
