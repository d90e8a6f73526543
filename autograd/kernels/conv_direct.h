// Convolutions of stride 1 without a column matrix.
//
// Let the rows of a padded image lie one after the other, and let the result's rows be as wide.
// Then tap t of the window meets, at every place p of the result, the number p + offset(t) of its
// channel: one offset for the whole image. With k for a channel and a tap,
//
//   y[o, p] = bias[o] + sum_k weight[o, k] x[offset(k) + p]
//   dweight[o, k] = sum_p g[o, p] x[offset(k) + p]
//
// are products with a matrix that is never made; its rows are windows onto the image. The way back
// to the input is the first of the two with other offsets. The few places at the end of each row
// that are none of the result's are computed and dropped.
#pragma once

#include "autograd/kernels/conv.h"

namespace heed::inline HEED_REAL {

// Stride 1, and images large enough that little is computed in vain.
bool is_direct(const ConvPlan& plan);

// As in conv.h, for plans that are direct.
void direct_forward(const ConvPlan& plan, const Real* x, const Real* weight, const Real* bias,
                    Real* y);
void direct_to_input(const ConvPlan& plan, const Real* g, const Real* weight, Real* dx);
void direct_to_weight(const ConvPlan& plan, const Real* x, const Real* g, Real* dweight);

}  // namespace heed::inline HEED_REAL
