#include "autograd/kernels/mask_rows.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {
namespace {

// Repeats a last extent of 1 (or the missing axis of a scalar) n times.
Mask stretch_last(const Mask& mask, Index n) {
  std::vector<std::uint8_t> values;
  values.reserve(static_cast<std::size_t>(mask.size() * n));
  for (const std::uint8_t value : mask.values()) {
    values.insert(values.end(), static_cast<std::size_t>(n), value);
  }
  const Shape& shape = mask.shape();
  return {shape.rank() == 0 ? Shape{n} : shape.with(-1, n), std::move(values)};
}

}  // namespace

bool stretches_to(const Shape& shape, const Shape& to) {
  const int missing = to.rank() - shape.rank();
  for (int axis = 0; missing >= 0 && axis < shape.rank(); ++axis) {
    if (shape[axis] != 1 && shape[axis] != to[axis + missing]) return false;
  }
  return missing >= 0;
}

MaskRows::MaskRows(const Mask& mask, const Shape& full, const char* op) : mask_(mask) {
  if (!stretches_to(mask.shape(), full)) {
    throw ShapeError(fmt::format("[{}] a mask of shape {} does not stretch to {}", op,
                                 mask.shape().str(), full.str()));
  }
  const Index n = full[-1];
  if (mask.shape().rank() == 0 || mask.shape()[-1] != n) mask_ = stretch_last(mask, n);
  leading_ = full.rank() - 1;
  const int missing = full.rank() - mask_.shape().rank();
  Index stride = n;
  for (int axis = leading_ - 1; axis >= 0; --axis) {
    const auto i = static_cast<std::size_t>(axis);
    extents_[i] = full[axis];
    if (axis < missing) continue;
    const Index extent = mask_.shape()[axis - missing];
    strides_[i] = extent == 1 ? 0 : stride;
    stride *= extent;
  }
}

Index MaskRows::offset(Index r) const {
  Index offset = 0;
  for (int axis = leading_ - 1; axis >= 0; --axis) {
    const auto i = static_cast<std::size_t>(axis);
    offset += r % extents_[i] * strides_[i];
    r /= extents_[i];
  }
  return offset;
}

}  // namespace heed::inline HEED_REAL
