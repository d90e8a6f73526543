// Initial values, as PyTorch draws them (the distributions, not the numbers). Plain uniform and
// normal are members of Generator.
#pragma once

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// U(-b, b) with b = gain * sqrt(6 / (fan_in + fan_out)). Glorot and Bengio 2010, eq. 16.
// Weights are (out, in, ...): fan_in = in * the rest, fan_out = out * the rest. Throws ShapeError
// below rank 2.
Tensor xavier_uniform(const Shape& shape, Generator& rng, double gain = 1);
// N(0, s^2) with s = gain * sqrt(2 / (fan_in + fan_out)).
Tensor xavier_normal(const Shape& shape, Generator& rng, double gain = 1);
// U(-b, b) with b = sqrt(6 / ((1 + slope^2) fan_in)), for leaky ReLU of that negative slope; 0 is
// ReLU. He, Zhang, Ren, Sun 2015, arXiv 1502.01852.
Tensor kaiming_uniform(const Shape& shape, Generator& rng, double slope = 0);
// U(-b, b) with b = 1 / sqrt(fan_in): what PyTorch's linear and recurrent layers start from.
Tensor fan_in_uniform(const Shape& shape, Index fan_in, Generator& rng);

}  // namespace heed::inline HEED_REAL::nn
