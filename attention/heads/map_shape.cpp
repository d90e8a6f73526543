#include "attention/heads/map_shape.h"

#include <fmt/format.h>

#include <vector>

namespace heed::inline HEED_REAL::attention {

void require_map(const char* op, const Tensor& weights) {
  if (weights.rank() == 4) return;
  throw ShapeError(fmt::format("[{}] a map must be (B, H, T, S): got {} (one of a MapRecorder is)",
                               op, weights.shape().str()));
}

void require_square_map(const char* op, const Tensor& weights) {
  require_map(op, weights);
  if (weights.dim(2) == weights.dim(3)) return;
  throw ShapeError(fmt::format("[{}] a map over one sequence must be (B, H, T, T): got {}", op,
                               weights.shape().str()));
}

Mask stretched(const char* op, const Mask& mask, const Shape& shape) {
  const Shape met = broadcast(mask.shape(), shape, op);
  if (met != shape) {
    throw ShapeError(fmt::format("[{}] a mask must stretch to {}: got {}", op, shape.str(),
                                 mask.shape().str()));
  }
  return mask & Mask(shape, std::vector<std::uint8_t>(static_cast<std::size_t>(shape.size()), 1));
}

}  // namespace heed::inline HEED_REAL::attention
