// Softmax in its three forms. Fused, each with its composed twin in twins.h.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Over one axis, the last one fastest. A row without any visible entry gives zeros, and zero
// gradient.
Tensor softmax(const Tensor& x, int axis = -1);
Tensor log_softmax(const Tensor& x, int axis = -1);
Tensor masked_softmax(const Tensor& x, const Mask& visible, int axis = -1);

}  // namespace heed::inline HEED_REAL
