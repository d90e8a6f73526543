// What layers check of their arguments, worded in one way.
#pragma once

#include <initializer_list>
#include <utility>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// Each named size is at least 1, else ValueError: [Linear] in must be at least 1, got 0
void check_positive(const char* layer,
                    std::initializer_list<std::pair<const char*, Index>> sizes);
// x has this rank and these extents (-1: any), else ShapeError:
// [GRU] x must be (B, T, in) = (any, any, 3), got (2, 5, 4)
void check_shape(const char* layer, const char* argument, const Tensor& x, const char* legend,
                 std::initializer_list<Index> extents);
// x has at least one axis and the last one this extent, else ShapeError:
// [Linear] x must be (..., in) with a last axis of 3, got (2, 4)
void check_last_axis(const char* layer, const Tensor& x, const char* legend, Index extent,
                     const char* argument = "x");

}  // namespace heed::inline HEED_REAL::nn
