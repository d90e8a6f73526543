#include "autograd/ops/elementwise.h"

namespace heed::inline HEED_REAL {

Space plan(const Shape& shape, const Tensor* const* operands, Walk* walks, int count) {
  // Strides against the full shape; 0 where an operand is repeated.
  for (int k = 0; k < count; ++k) {
    const Tensor& x = *operands[k];
    if (!x.defined()) {  // never read for its value: any readable memory will do
      walks[k] = walks[0];
      continue;
    }
    walks[k].data = x.data();
    Index stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const int own = axis - (shape.rank() - x.rank());
      const Index extent = own < 0 ? 1 : x.shape().begin()[own];
      walks[k].strides[static_cast<std::size_t>(axis)] = extent == 1 ? 0 : stride;
      stride *= extent;
    }
  }
  // Merge an axis into the one before it wherever every operand steps through both as through one.
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
