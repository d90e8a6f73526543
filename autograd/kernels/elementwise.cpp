#include "autograd/kernels/elementwise.h"

namespace heed::inline HEED_REAL {

// 0 where the operand is repeated.
Walk walk_of(const Real* data, const Shape& own, const Shape& shape) {
  Walk walk{.data = data};
  Index stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    const int at = axis - (shape.rank() - own.rank());
    const Index extent = at < 0 ? 1 : own.begin()[at];
    walk.strides[static_cast<std::size_t>(axis)] = extent == 1 ? 0 : stride;
    stride *= extent;
  }
  return walk;
}

// An axis goes into the one before it wherever every operand steps through both as through one.
Space merged_axes(const Shape& shape, Walk* walks, int count) {
  Space space;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto from = static_cast<std::size_t>(axis);
    const Index extent = shape.begin()[axis];
    if (extent == 1) continue;
    bool merges = space.rank > 0;
    const auto last = static_cast<std::size_t>(space.rank) - 1;
    for (int k = 0; merges && k < count; ++k) {
      merges = walks[k].strides[last] == walks[k].strides[from] * extent;
    }
    const std::size_t to = merges ? last : static_cast<std::size_t>(space.rank++);
    space.extents[to] = merges ? space.extents[to] * extent : extent;
    for (int k = 0; k < count; ++k) walks[k].strides[to] = walks[k].strides[from];
  }
  for (int axis = 0; axis + 1 < space.rank; ++axis) {
    space.rows *= space.extents[static_cast<std::size_t>(axis)];
  }
  space.columns = space.rank > 0 ? space.extents[static_cast<std::size_t>(space.rank) - 1] : 1;
  return space;
}

}  // namespace heed::inline HEED_REAL
