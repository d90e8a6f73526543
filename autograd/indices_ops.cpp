#include "autograd/indices_ops.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>

#include "autograd/kernels/axis_runs.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ops/slice_run.h"

namespace heed::inline HEED_REAL {
namespace {

template <class Numbers>
using Element = std::remove_cvref_t<decltype(*Numbers().data())>;

void check_defined(const char*, const Indices&) {}
void check_defined(const char* op, const Mask& mask) {
  if (!mask.defined()) throw ValueError(fmt::format("[{}] a mask is undefined", op));
}

template <class Numbers>
Numbers cut(const Numbers& x, int axis, Index start, Index stop, Index step) {
  check_defined("slice", x);
  axis = x.shape().axis(axis, "slice");
  const SliceRun run = slice_run(x.shape(), axis, start, stop, step);
  const Lines lines = lines_of(x.shape(), axis);
  std::vector<Element<Numbers>> values;
  for (Index outer = 0; outer < lines.outer; ++outer) {
    for (Index i = 0; i < run.count; ++i) {
      const auto* const from =
          x.data() + (outer * lines.n + run.first + i * run.step) * lines.inner;
      values.insert(values.end(), from, from + lines.inner);
    }
  }
  return {x.shape().with(axis, run.count), std::move(values)};
}

template <class Numbers>
Numbers joined(const std::vector<Numbers>& parts, int axis) {
  if (parts.empty()) throw ValueError("[concat] of no parts");
  Index extent = 0;
  axis = parts[0].shape().axis(axis, "concat");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check_defined("concat", parts[i]);
    const Shape& shape = parts[i].shape();
    if (shape.rank() != parts[0].shape().rank() ||
        !(shape.with(axis, 0) == parts[0].shape().with(axis, 0))) {
      throw ShapeError(fmt::format("[concat] part {} of shape {} does not join {} along axis {}", i,
                                   shape.str(), parts[0].shape().str(), axis));
    }
    extent += shape[axis];
  }
  std::vector<Element<Numbers>> values;
  const Index outer = lines_of(parts[0].shape(), axis).outer;
  for (Index i = 0; i < outer; ++i) {
    for (const Numbers& part : parts) {
      const Index block = part.size() / outer;
      values.insert(values.end(), part.data() + i * block, part.data() + (i + 1) * block);
    }
  }
  return {parts[0].shape().with(axis, extent), std::move(values)};
}

template <class Numbers>
Numbers stacked(const std::vector<Numbers>& parts, int axis) {
  if (parts.empty()) throw ValueError("[stack] of no parts");
  const Shape& first = parts[0].shape();
  const int at = axis < 0 ? axis + first.rank() + 1 : axis;
  if (at < 0 || at > first.rank()) {
    throw ShapeError(fmt::format("[stack] no place {} among the axes of {}", axis, first.str()));
  }
  std::vector<Numbers> rows;
  for (const Numbers& part : parts) {
    check_defined("stack", part);
    if (!(part.shape() == first)) {
      throw ShapeError(fmt::format("[stack] part {} of shape {} beside {}", rows.size(),
                                   part.shape().str(), first.str()));
    }
    rows.push_back(part.reshape(first.inserted(at, 1)));
  }
  return joined(rows, at);
}

// Where the element at each place of `shape` stands in what is stretched to it.
std::vector<Index> places(const Shape& own, const Shape& shape) {
  const Strides strides = contiguous_strides(own);
  std::vector<Index> found(static_cast<std::size_t>(shape.size()), 0);
  Index inner = 1;
  for (int axis = -1; axis >= -own.rank(); --axis) {
    const Index extent = shape[axis];
    const auto at = static_cast<std::size_t>(own.rank() + axis);
    if (own[axis] != 1) {
      for (std::size_t i = 0; i < found.size(); ++i) {
        found[i] += static_cast<Index>(i) / inner % extent * strides[at];
      }
    }
    inner *= extent;
  }
  return found;
}

template <class Holds>
Mask compare(const char* op, const Indices& a, const Indices& b, Holds holds) {
  const Shape shape = broadcast(a.shape(), b.shape(), op);
  const std::vector<Index> in_a = places(a.shape(), shape), in_b = places(b.shape(), shape);
  std::vector<std::uint8_t> values(in_a.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = holds(a[in_a[i]], b[in_b[i]]);
  return {shape, std::move(values)};
}

Indices one(std::int32_t number) { return Indices(Shape{}, {number}); }

}  // namespace

Indices slice(const Indices& ids, int axis, Index start, Index stop, Index step) {
  return cut(ids, axis, start, stop, step);
}
Mask slice(const Mask& mask, int axis, Index start, Index stop, Index step) {
  return cut(mask, axis, start, stop, step);
}
Indices concat(const std::vector<Indices>& parts, int axis) { return joined(parts, axis); }
Mask concat(const std::vector<Mask>& parts, int axis) { return joined(parts, axis); }
Indices stack(const std::vector<Indices>& parts, int axis) { return stacked(parts, axis); }
Mask stack(const std::vector<Mask>& parts, int axis) { return stacked(parts, axis); }

Mask operator>(const Indices& a, const Indices& b) {
  return compare("greater", a, b, std::greater<>());
}
Mask operator<(const Indices& a, const Indices& b) { return compare("less", a, b, std::less<>()); }
Mask operator>=(const Indices& a, const Indices& b) {
  return compare("greater_equal", a, b, std::greater_equal<>());
}
Mask operator<=(const Indices& a, const Indices& b) {
  return compare("less_equal", a, b, std::less_equal<>());
}
Mask eq(const Indices& a, const Indices& b) { return compare("eq", a, b, std::equal_to<>()); }
Mask ne(const Indices& a, const Indices& b) { return compare("ne", a, b, std::not_equal_to<>()); }
Mask operator>(const Indices& a, std::int32_t b) { return a > one(b); }
Mask operator<(const Indices& a, std::int32_t b) { return a < one(b); }
Mask operator>=(const Indices& a, std::int32_t b) { return a >= one(b); }
Mask operator<=(const Indices& a, std::int32_t b) { return a <= one(b); }
Mask eq(const Indices& a, std::int32_t b) { return eq(a, one(b)); }
Mask ne(const Indices& a, std::int32_t b) { return ne(a, one(b)); }

Tensor to_tensor(const Indices& ids) {
  Tensor y = Tensor::empty(ids.shape());
  std::transform(ids.values().begin(), ids.values().end(), y.mutable_data(),
                 [](std::int32_t id) { return static_cast<Real>(id); });
  return y;
}

Indices to_indices(const Tensor& x) {
  std::vector<std::int32_t> ids;
  for (Index i = 0; i < x.size(); ++i) {
    const auto value = static_cast<double>(x.data()[i]);
    const bool fits = std::abs(value) <= std::numeric_limits<std::int32_t>::max();
    if (!fits || value != std::floor(value)) {
      throw ValueError(fmt::format(
          "[to_indices] {} at position {} is no whole number of 32 bits", value, i));
    }
    ids.push_back(static_cast<std::int32_t>(value));
  }
  return {x.shape(), std::move(ids)};
}

}  // namespace heed::inline HEED_REAL
