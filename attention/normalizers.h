// Normalizers: from scores to weights over the keys a query may see. scores (..., T, S) -> the
// same shape. A query that sees nothing gets weights of 0. Hard choices are in hard/choice.h.
#pragma once

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// e^s_j / sum over visible k of e^s_k. The mask broadcasts against the scores; undefined: all
// visible.
Tensor softmax_over(const Tensor& scores, const Mask& visible);

}  // namespace heed::inline HEED_REAL::attention
