// Reductions over axes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/graph.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/reduce_kernels.h"

namespace heed::inline HEED_REAL {
namespace {

// Which axes go, each named once; sorted.
std::vector<int> sorted_axes(const Tensor& x, const std::vector<int>& axes, const char* op) {
  std::vector<int> result;
  for (const int axis : axes) result.push_back(x.shape().axis(axis, op));
  std::sort(result.begin(), result.end());
  if (std::adjacent_find(result.begin(), result.end()) != result.end()) {
    throw ValueError(fmt::format("[{}] an axis of {} is named twice", op, x.shape().str()));
  }
  return result;
}

std::vector<int> all_axes(const Tensor& x) {
  std::vector<int> axes(static_cast<std::size_t>(x.rank()));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

Index extent_of(const Shape& shape, int from, int to) {
  return std::accumulate(shape.begin() + from, shape.begin() + to, Index{1}, std::multiplies<>());
}

// Sums neighbouring axes [from, to) to extent 1.
Tensor sum_range(const Tensor& x, int from, int to) {
  Shape shape = x.shape();
  for (int axis = from; axis < to; ++axis) shape = shape.with(axis, 1);
  Tensor y = Tensor::empty(shape);
  sum_middle(x.data(), y.mutable_data(), extent_of(x.shape(), 0, from),
             extent_of(x.shape(), from, to), extent_of(x.shape(), to, x.rank()));
  count_cost(0, static_cast<std::uint64_t>(x.size() + y.size()) * sizeof(Real));
  return y;
}

Shape without(const Shape& shape, const std::vector<int>& axes) {
  Shape result = shape;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) result = result.erased(*axis);
  return result;
}

// Where the largest of (outer, n, inner) is, the first at a tie; a NaN is larger than everything.
Indices places_of_largest(const Tensor& x, int axis) {
  const Index inner = extent_of(x.shape(), axis + 1, x.rank());
  const Index n = x.shape()[axis];
  std::vector<std::int32_t> places(static_cast<std::size_t>(n == 0 ? 0 : x.size() / n));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Index at = static_cast<Index>(i);
    const Real* column = x.data() + at / inner * n * inner + at % inner;
    Index best = 0;
    for (Index j = 1; j < n; ++j) {
      const Real v = column[j * inner];
      const Real top = column[best * inner];
      if (v > top || (std::isnan(v) && !std::isnan(top))) best = j;
    }
    places[i] = static_cast<std::int32_t>(best);
  }
  return Indices(x.shape().erased(axis), std::move(places));
}

void check_not_empty(const Tensor& x, int axis, const char* op) {
  if (x.shape()[axis] == 0) {
    throw ShapeError(fmt::format("[{}] axis {} of shape {} is empty", op, axis, x.shape().str()));
  }
}

}  // namespace

Tensor sum(const Tensor& x) { return sum(x, all_axes(x)); }

Tensor sum(const Tensor& x, const std::vector<int>& axes, bool keepdims) {
  const std::vector<int> gone = sorted_axes(x, axes, "sum");
  Tensor y = x.detach();
  for (std::size_t end = gone.size(); end > 0;) {  // runs of neighbouring axes, last first
    std::size_t begin = end - 1;
    while (begin > 0 && gone[begin - 1] == gone[begin] - 1) --begin;
    y = sum_range(y, gone[begin], gone[end - 1] + 1);
    end = begin;
  }
  const Shape kept = y.shape();
  const Shape shape = keepdims ? kept : without(x.shape(), gone);
  return differentiable("sum", y.alias(shape), wrt(x, [kept, from = x.shape()](const Tensor& g) {
                          return expand(reshape(g, kept), from);
                        }));
}

Tensor mean(const Tensor& x) { return mean(x, all_axes(x)); }

Tensor mean(const Tensor& x, const std::vector<int>& axes, bool keepdims) {
  Index count = 1;
  for (const int axis : sorted_axes(x, axes, "mean")) count *= x.shape()[axis];
  return sum(x, axes, keepdims) / static_cast<double>(count);
}

Tensor max(const Tensor& x, int axis, bool keepdims) {
  axis = x.shape().axis(axis, "max");
  check_not_empty(x, axis, "max");
  const Indices places = places_of_largest(x, axis);
  const Index inner = extent_of(x.shape(), axis + 1, x.rank());
  const Index n = x.shape()[axis];
  std::vector<std::uint8_t> chosen(static_cast<std::size_t>(x.size()));
  Tensor y = Tensor::empty(x.shape().with(axis, 1));
  for (Index i = 0; i < y.size(); ++i) {
    const Index at = (i / inner * n + places[i]) * inner + i % inner;
    chosen[static_cast<std::size_t>(at)] = 1;
    y.mutable_data()[i] = x.data()[at];
  }
  const Mask mask(x.shape(), std::move(chosen));
  const Shape kept = y.shape();
  return differentiable("max", y.alias(keepdims ? kept : x.shape().erased(axis)),
                        wrt(x, [mask, kept](const Tensor& g) {
                          return where(mask, expand(reshape(g, kept), mask.shape()), 0.0);
                        }));
}

Indices argmax(const Tensor& x, int axis) {
  axis = x.shape().axis(axis, "argmax");
  check_not_empty(x, axis, "argmax");
  return places_of_largest(x, axis);
}

Tensor logsumexp(const Tensor& x, int axis, bool keepdims) {
  axis = x.shape().axis(axis, "logsumexp");
  // The shift cancels, so it carries no gradient; beside +-inf it is 0 and the limits come out.
  const Tensor top = max(x.detach(), axis, true);
  const Tensor shift = where(abs(top) < std::numeric_limits<double>::infinity(), top, 0.0);
  const Tensor y = log(sum(exp(x - shift), {axis}, true)) + shift;
  return keepdims ? y : reshape(y, x.shape().erased(axis));
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  const int added = x.rank() - shape.rank();
  std::vector<int> stretched;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (axis < added || (shape[axis - added] == 1 && x.shape()[axis] != 1))
      stretched.push_back(axis);
  }
  return reshape(sum(x, stretched, true), shape);
}

}  // namespace heed::inline HEED_REAL
