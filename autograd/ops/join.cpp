#include <fmt/format.h>

#include "autograd/graph.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

// How many tensors are joined in one node; longer lists are joined in groups first.
constexpr std::size_t group = 64;

Shape joined_shape(const std::vector<Tensor>& parts, int axis) {
  Index extent = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Shape& shape = parts[i].shape();
    if (shape.rank() != parts[0].rank() ||
        !(shape.with(axis, 0) == parts[0].shape().with(axis, 0))) {
      throw ShapeError(fmt::format("[concat] part {} of shape {} does not join {} along axis {}", i,
                                   shape.str(), parts[0].shape().str(), axis));
    }
    extent += shape[axis];
  }
  return parts[0].shape().with(axis, extent);
}

}  // namespace

Tensor concat(const std::vector<Tensor>& parts, int axis) {
  if (parts.empty()) throw ValueError("[concat] of no tensors");
  axis = parts[0].shape().axis(axis, "concat");
  if (parts.size() == 1) return parts[0];
  const Shape shape = joined_shape(parts, axis);
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
  const Tensor y = Tensor::empty(shape);
  const Strides strides = contiguous_strides(shape);
  std::vector<Index> starts{0};
  for (const Tensor& part : parts) {
    strided_copy(part.shape(),
                 y.mutable_data() + starts.back() * strides[static_cast<std::size_t>(axis)],
                 strides, part.data(), contiguous_strides(part.shape()));
    starts.push_back(starts.back() + part.shape()[axis]);
  }
  return differentiable_jointly("concat", y, parts,
                                [axis, starts](const Tensor& g, Wanted wanted, Tensor* out) {
                                  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
                                    if (wanted >> i & 1)
                                      out[i] = slice(g, axis, starts[i], starts[i + 1]);
                                  }
                                });
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
