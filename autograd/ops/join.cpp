#include <fmt/format.h>

#include <algorithm>

#include "autograd/graph.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ops.h"
#include "autograd/storage.h"

namespace heed::inline HEED_REAL {
namespace {

// How many tensors are joined in one node; longer lists are joined in groups first.
constexpr std::size_t group = 64;

Shape joined_shape(const char* op, const std::vector<Tensor>& parts, int axis) {
  Index extent = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Shape& shape = parts[i].shape();
    if (shape.rank() != parts[0].rank() ||
        !(shape.with(axis, 0) == parts[0].shape().with(axis, 0))) {
      throw ShapeError(fmt::format("[{}] part {} of shape {} does not join {} along axis {}", op, i,
                                   shape.str(), parts[0].shape().str(), axis));
    }
    extent += shape[axis];
  }
  return parts[0].shape().with(axis, extent);
}

// The parts one after the other along the axis, copied.
Tensor side_by_side(const Shape& shape, const std::vector<Tensor>& parts, int axis) {
  const Tensor y = Tensor::empty(shape);
  const Strides strides = contiguous_strides(shape);
  Index start = 0;
  for (const Tensor& part : parts) {
    strided_copy(part.shape(),
                 y.mutable_data() + start * strides[static_cast<std::size_t>(axis)], strides,
                 part.data(), contiguous_strides(part.shape()));
    start += part.shape()[axis];
  }
  return y;
}

// y, whose gradient falls apart into those of its parts.
Tensor joined(const char* op, const Tensor& y, const std::vector<Tensor>& parts, int axis) {
  std::vector<Index> starts{0};
  for (const Tensor& part : parts) starts.push_back(starts.back() + part.shape()[axis]);
  return differentiable_jointly(op, y, parts,
                                [axis, starts](const Tensor& g, Wanted wanted, Tensor* out) {
                                  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
                                    if (wanted >> i & 1)
                                      out[i] = slice(g, axis, starts[i], starts[i + 1]);
                                  }
                                });
}

void copy(const Tensor& from, Real* to) {
  strided_copy({from.size()}, to, {1}, from.data(), {1});
}

// The same numbers in new memory, with room for half as much again.
Tensor with_room(const Tensor& x, const Shape& shape, int axis) {
  constexpr Index least = 16;
  const Index extent = shape[axis];
  const Tensor whole = Tensor::empty(shape.with(axis, extent + std::max(extent / 2, least)));
  copy(x, whole.mutable_data());
  whole.storage()->grown = static_cast<std::size_t>(shape.size());
  return whole.alias(shape);
}

Tensor grown(const Tensor& past, const Tensor& more, const Shape& shape, int axis) {
  const Pointer<Storage>& memory = past.storage();
  const auto end = static_cast<std::size_t>(past.data() - memory->data + past.size());
  const bool room = take_room(*memory, end, static_cast<std::size_t>(more.size()));
  const Tensor y = room ? past.alias(shape) : with_room(past, shape, axis);
  copy(more, y.mutable_data() + past.size());
  return y;
}

}  // namespace

Tensor concat(const std::vector<Tensor>& parts, int axis) {
  if (parts.empty()) throw ValueError("[concat] of no tensors");
  axis = parts[0].shape().axis(axis, "concat");
  if (parts.size() == 1) return parts[0];
  const Shape shape = joined_shape("concat", parts, axis);
  if (parts.size() > group) {
    std::vector<Tensor> groups;
    for (std::size_t from = 0; from < parts.size(); from += group) {
      const std::size_t to = std::min(from + group, parts.size());
      const std::vector<Tensor> some(parts.begin() + static_cast<Index>(from),
                                     parts.begin() + static_cast<Index>(to));
      groups.push_back(concat(some, axis));
    }
    return concat(groups, axis);
  }
  return joined("concat", side_by_side(shape, parts, axis), parts, axis);
}

Tensor append(const Tensor& past, const Tensor& more, int axis) {
  axis = past.shape().axis(axis, "append");
  const std::vector<Tensor> parts{past, more};
  const Shape shape = joined_shape("append", parts, axis);
  const Shape& own = past.shape();
  const bool in_one_run = std::all_of(own.begin(), own.begin() + axis,
                                      [](Index extent) { return extent == 1; });
  const bool recorded = grad_enabled() && (past.requires_grad() || more.requires_grad());
  const Tensor y = in_one_run && !recorded && past.size() > 0
                       ? grown(past, more, shape, axis)
                       : side_by_side(shape, parts, axis);
  return joined("append", y, parts, axis);
}

Tensor stack(const std::vector<Tensor>& parts, int axis) {
  if (parts.empty()) throw ValueError("[stack] of no tensors");
  const int rank = parts[0].rank();
  const int at = axis < 0 ? axis + rank + 1 : axis;
  if (at < 0 || at > rank) {
    throw ShapeError(
        fmt::format("[stack] no place {} among the axes of {}", axis, parts[0].shape().str()));
  }
  std::vector<Tensor> rows;
  rows.reserve(parts.size());
  for (const Tensor& part : parts) {
    if (!(part.shape() == parts[0].shape())) {
      throw ShapeError(fmt::format("[stack] part {} of shape {} beside {}", rows.size(),
                                   part.shape().str(), parts[0].shape().str()));
    }
    rows.push_back(reshape(part, part.shape().inserted(at, 1)));
  }
  return concat(rows, at);
}

}  // namespace heed::inline HEED_REAL
