// Normalizers: from scores to weights over the keys a query may see. scores (..., T, S) -> the
// same shape. A query that sees nothing gets weights of 0. The mask broadcasts against the scores;
// undefined: all visible. Hard choices are in hard/choice.h.
#pragma once

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// e^s_j / sum over visible k of e^s_k.
Tensor softmax_over(const Tensor& scores, const Mask& visible);

// alpha-entmax: [(alpha - 1) s_j - tau]_+^(1 / (alpha - 1)), with tau such that they sum to 1. At
// alpha = 1 it is softmax, at 2 sparsemax, the nearest point of the simplex (Martins, Astudillo
// 2016, 1602.02068); from 1 on weights can be exactly 0. Peters, Niculae, Martins 2019, 1905.05702,
// equation 10; the derivative with respect to alpha: Correia, Niculae, Martins 2019, 1909.00015,
// proposition 1. Takes a few powers a number, by Newton steps that cannot overshoot.
//
// alpha broadcasts against (..., T, 1). Throws ValueError unless 1 < alpha <= 2.
Tensor entmax_over(const Tensor& scores, const Tensor& alpha, const Mask& visible);
// One alpha for all, 1 allowed.
Tensor entmax_over(const Tensor& scores, double alpha, const Mask& visible);

}  // namespace heed::inline HEED_REAL::attention
