// Cutting, joining and comparing Indices and Masks, as tensors are cut, joined and compared. Axes
// may be negative; wrong shapes throw ShapeError, wrong values ValueError, and name the function.
// Masks combine by &, |, ^ and ! of indices.h.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// start, start + step, ... up to and without stop, with the rules of slice in ops/slicing.h.
Indices slice(const Indices& ids, int axis, Index start, Index stop, Index step = 1);
Mask slice(const Mask& mask, int axis, Index start, Index stop, Index step = 1);
// Side by side along an axis that all have; along a new one.
Indices concat(const std::vector<Indices>& parts, int axis);
Mask concat(const std::vector<Mask>& parts, int axis);
Indices stack(const std::vector<Indices>& parts, int axis);
Mask stack(const std::vector<Mask>& parts, int axis);

// Element by element; the shapes stretch to each other.
Mask operator>(const Indices& a, const Indices& b);
Mask operator<(const Indices& a, const Indices& b);
Mask operator>=(const Indices& a, const Indices& b);
Mask operator<=(const Indices& a, const Indices& b);
Mask eq(const Indices& a, const Indices& b);
Mask ne(const Indices& a, const Indices& b);
Mask operator>(const Indices& a, std::int32_t b);
Mask operator<(const Indices& a, std::int32_t b);
Mask operator>=(const Indices& a, std::int32_t b);
Mask operator<=(const Indices& a, std::int32_t b);
Mask eq(const Indices& a, std::int32_t b);
Mask ne(const Indices& a, std::int32_t b);

// The same numbers as a tensor. In float they are exact up to 2^24.
Tensor to_tensor(const Indices& ids);
// Throws ValueError on what is no whole number of 32 bits, NaN too.
Indices to_indices(const Tensor& x);

}  // namespace heed::inline HEED_REAL
