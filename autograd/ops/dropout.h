// Dropout. Fused, with its composed twin in twins.h.
#pragma once

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Zeroes elements with probability p and scales the rest by 1/(1-p). Draws from `rng`, which the
// caller keys by seed, module and step; the draw is kept for the backward pass. Srivastava et al.
// 2014.
Tensor dropout(const Tensor& x, double p, Generator& rng);
// Whole channels instead of elements: x (B, C, ...). Tompson et al. 2015, arXiv 1411.4280. In
// PyTorch dropout1d, dropout2d and dropout3d. Throws ShapeError.
Tensor channel_dropout(const Tensor& x, double p, Generator& rng);
// For selu: what is dropped becomes selu's limit, -1.7581, and the result is scaled and shifted so
// that mean 0 and variance 1 stay. Klambauer et al. 2017, arXiv 1706.02515, section 3. Throws
// ValueError unless 0 <= p < 1.
Tensor alpha_dropout(const Tensor& x, double p, Generator& rng);

}  // namespace heed::inline HEED_REAL
