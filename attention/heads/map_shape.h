// At the door of the functions of attention maps.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// Throws ShapeError, which begins with [op], unless the map is (B, H, T, S).
void require_map(const char* op, const Tensor& weights);
// The same for maps over one sequence, (B, H, T, T).
void require_square_map(const char* op, const Tensor& weights);
// The mask in this shape. Throws ShapeError when it does not stretch to it.
Mask stretched(const char* op, const Mask& mask, const Shape& shape);

}  // namespace heed::inline HEED_REAL::attention
