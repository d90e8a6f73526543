// Softmax in its three forms. Fused, each with its composed twin in twins.h.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Over the last axis. A row without any visible entry gives zeros, and zero gradient.
Tensor softmax(const Tensor& x);
Tensor log_softmax(const Tensor& x);
Tensor masked_softmax(const Tensor& x, const Mask& visible);

}  // namespace heed::inline HEED_REAL
