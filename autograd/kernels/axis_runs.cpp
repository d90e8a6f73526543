#include "autograd/kernels/axis_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {
namespace {

Index extent_of(const Shape& shape, int from, int to) {
  return std::accumulate(shape.begin() + from, shape.begin() + to, Index{1}, std::multiplies<>());
}

}  // namespace

GoneAxes::GoneAxes(const Shape& shape, const std::vector<int>& axes, const char* op)
    : shape_(shape) {
  for (const int axis : axes) axes_.push_back(shape.axis(axis, op));
  std::sort(axes_.begin(), axes_.end());
  if (std::adjacent_find(axes_.begin(), axes_.end()) != axes_.end()) {
    throw ValueError(fmt::format("[{}] an axis of {} is named twice", op, shape.str()));
  }
  find_runs();
}

GoneAxes::GoneAxes(const Shape& shape)
    : shape_(shape), axes_(static_cast<std::size_t>(shape.rank())) {
  std::iota(axes_.begin(), axes_.end(), 0);
  find_runs();
}

void GoneAxes::find_runs() {
  if (axes_.empty()) runs_ = {{shape_.rank(), shape_.rank()}};
  for (auto end = axes_.rbegin(); end != axes_.rend();) {
    auto begin = end;
    while (begin + 1 != axes_.rend() && *(begin + 1) == *begin - 1) ++begin;
    runs_.push_back({*begin, *end + 1});
    end = begin + 1;
  }
}

Index GoneAxes::count() const {
  Index product = 1;
  for (const int axis : axes_) product *= shape_[axis];
  return product;
}

Shape GoneAxes::kept() const {
  Shape shape = shape_;
  for (const int axis : axes_) shape = shape.with(axis, 1);
  return shape;
}

Shape GoneAxes::left() const {
  Shape shape = shape_;
  for (auto axis = axes_.rbegin(); axis != axes_.rend(); ++axis) shape = shape.erased(*axis);
  return shape;
}

std::vector<int> GoneAxes::order_to_end() const {
  std::vector<int> order;
  for (int axis = 0; axis < shape_.rank(); ++axis) {
    if (!std::binary_search(axes_.begin(), axes_.end(), axis)) order.push_back(axis);
  }
  order.insert(order.end(), axes_.begin(), axes_.end());
  return order;
}

Lines lines_of(const Shape& shape, const AxisRun& run) {
  return {extent_of(shape, 0, run.from), extent_of(shape, run.from, run.to),
          extent_of(shape, run.to, shape.rank())};
}

Shape folded(const Shape& shape, const AxisRun& run) {
  Shape result = shape;
  for (int axis = run.from; axis < run.to; ++axis) result = result.with(axis, 1);
  return result;
}

}  // namespace heed::inline HEED_REAL
