// softmax and its relatives over rows of n numbers, and their derivatives.
#pragma once

#include <cstdint>

#include "autograd/kernels/mask_rows.h"

namespace heed::inline HEED_REAL {

// y (rows, n) = softmax of each row of x. Elements of -inf count as invisible: a row of nothing
// else gives 0.
void softmax_rows(Index rows, Index n, const Real* x, Real* y);
// dx, given the output y and its cotangent g.
void softmax_gradient_rows(Index rows, Index n, const Real* y, const Real* g, Real* dx);

// The same over what the mask shows; elsewhere y is 0, whatever x or g hold there.
void masked_softmax_rows(const MaskRows& visible, Index rows, Index n, const Real* x, Real* y);
void masked_softmax_gradient_rows(const MaskRows& visible, Index rows, Index n, const Real* y,
                                  const Real* g, Real* dx);

// The logarithm of softmax: -inf in a row of nothing but -inf.
void log_softmax_rows(Index rows, Index n, const Real* x, Real* y);
void log_softmax_gradient_rows(Index rows, Index n, const Real* y, const Real* g, Real* dx);

// 0 for a row that holds nothing but -inf, else 1.
void find_entries(Index rows, Index n, const Real* x, std::uint8_t* found);

}  // namespace heed::inline HEED_REAL
