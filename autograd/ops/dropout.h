// Dropout. Fused, with its composed twin in twins.h.
#pragma once

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Zeroes elements with probability p and scales the rest by 1/(1-p). Draws from `rng`, which the
// caller keys by seed, module and step; the draw is kept for the backward pass. Srivastava et al.
// 2014.
Tensor dropout(const Tensor& x, double p, Generator& rng);

}  // namespace heed::inline HEED_REAL
