// Doubly stochastic attention: a penalty on soft weights that wants every key to be read once.
// Xu et al. 2015, "Show, attend and tell", arXiv 1502.03044, section 4.2.1, equation 14.
//
//   penalty = sum_j (1 - sum_t a_tj)^2
//
// Shapes   a (..., T, S) -> (...), to be averaged, weighted and added to the loss.
// Cost     T S additions.
// Differs  the rows of a sum to 1 as ever; this pulls the columns towards 1 as well.
// Limit    a permutation matrix costs nothing (permutation_matrix_is_doubly_stochastic); with T
//          queries and S keys no weights cost less than (T - S)^2 / S.
#pragma once

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// `real`, broadcast against (..., S), says which keys count; undefined: all. Throws ShapeError
// unless the weights have two axes.
Tensor doubly_stochastic_penalty(const Tensor& weights, const Mask& real = {});

}  // namespace heed::inline HEED_REAL::attention
