// Ops that move values and change none.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "autograd/graph.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

Tensor copy_of(const Shape& shape, const Real* from, const Strides& strides) {
  Tensor y = Tensor::empty(shape);
  strided_copy(shape, y.mutable_data(), contiguous_strides(shape), from, strides);
  return y;
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
  if (std::find(open + 1, known.end(), -1) != known.end()) {
    throw ShapeError(
        fmt::format("[reshape] ({}) leaves two extents open: one can be told from the size",
                    fmt::join(extents, ", ")));
  }
  *open = 1;
  const Index rest = Shape(known).size();
  if (rest == 0 || x.size() % rest != 0) {
    throw ShapeError(fmt::format("[reshape] shape {} does not divide into ({})", x.shape().str(),
                                 fmt::join(extents, ", ")));
  }
  *open = x.size() / rest;
  return reshape(x, Shape(known));
}

Tensor squeeze(const Tensor& x) {
  std::vector<Index> kept(x.shape().begin(), x.shape().end());
  std::erase(kept, 1);
  return reshape(x, Shape(kept));
}

Tensor squeeze(const Tensor& x, int axis) {
  axis = x.shape().axis(axis, "squeeze");
  if (x.shape()[axis] != 1) {
    throw ShapeError(fmt::format("[squeeze] axis {} of shape {} has extent {}, not 1", axis,
                                 x.shape().str(), x.shape()[axis]));
  }
  return reshape(x, x.shape().erased(axis));
}

Tensor unsqueeze(const Tensor& x, int axis) {
  const int at = axis < 0 ? axis + x.rank() + 1 : axis;
  if (at < 0 || at > x.rank()) {
    throw ShapeError(
        fmt::format("[unsqueeze] no place {} among the axes of {}", axis, x.shape().str()));
  }
  return reshape(x, x.shape().inserted(at, 1));
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

Tensor to_last(const Tensor& x, int axis) {
  axis = x.shape().axis(axis, "to_last");
  std::vector<int> order;
  for (int i = 0; i < x.rank(); ++i) {
    if (i != axis) order.push_back(i);
  }
  order.push_back(axis);
  return permute(x, order);
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

Tensor expand(const Tensor& x, std::initializer_list<Index> extents) {
  std::vector<Index> known(extents);
  const int added = static_cast<int>(known.size()) - x.rank();
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] != -1) continue;
    const int axis = static_cast<int>(i) - added;
    if (axis < 0 || axis >= x.rank()) {
      throw ShapeError(fmt::format("[expand] shape {} has no axis that could stay in ({})",
                                   x.shape().str(), fmt::join(extents, ", ")));
    }
    known[i] = x.dim(axis);
  }
  return expand(x, Shape(known));
}

}  // namespace heed::inline HEED_REAL
