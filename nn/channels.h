// Layers whose channels are axis 1, with parameters and statistics a channel.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// x is (B, channels, ...), of rank 2 or more, else ShapeError:
// [BatchNorm] x must be (B, channels, ...) with 3 channels, got (5, 4)
void check_channels(const char* layer, const Tensor& x, Index channels);

// (channels) -> (channels, 1, ..., 1), to meet axis 1 of x.
Tensor along_channels(const Tensor& values, const Tensor& x);

}  // namespace heed::inline HEED_REAL::nn
