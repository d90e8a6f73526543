// A mask read row by row under a larger shape, as broadcasting asks.
#pragma once

#include <array>
#include <cstdint>

#include "autograd/indices.h"

namespace heed::inline HEED_REAL {

// May an extent of `shape`, counted from the last axis, be repeated wherever `to` has another?
bool stretches_to(const Shape& shape, const Shape& to);

// Rows run over the last axis of `full`. Nothing is copied unless the mask is stretched along it.
class MaskRows {
 public:
  // Throws ShapeError, naming `op`, when the mask does not broadcast to `full` (which has an axis).
  MaskRows(const Mask& mask, const Shape& full, const char* op);

  // The entries of row r of `full`, counted over all its leading axes.
  const std::uint8_t* row(Index r) const { return mask_.data() + offset(r); }

 private:
  Index offset(Index r) const;

  Mask mask_;
  int leading_ = 0;                                // axes of `full` before the last
  std::array<Index, Shape::max_rank> extents_{};   // of those axes
  std::array<Index, Shape::max_rank> strides_{};   // 0 where the mask is stretched
};

}  // namespace heed::inline HEED_REAL
