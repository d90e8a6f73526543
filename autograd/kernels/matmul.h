// Products of many matrices, broadcast over their leading axes.
#pragma once

#include <span>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

// (batch, m, k) times (batch, k, n).
struct Products {
  Index m = 1, n = 1, k = 1;
  Shape batch = {};
};

// Matrices in the last two axes of `shape`; its other axes broadcast to the batch.
struct Matrices {
  const Real* data;
  const Shape& shape;
  bool transposed;  // stored the other way round
};

// All axes but the last two.
inline Shape leading_axes(const Shape& shape) {
  return Shape(std::span<const Index>(shape.begin(), shape.end() - 2));
}

// y (batch, m, n) = a * b.
void multiply(const Products& p, const Matrices& a, const Matrices& b, Real* y);

}  // namespace heed::inline HEED_REAL
