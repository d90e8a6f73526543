// Running results along a line. Lines are those of axis_runs.h, here kept at their full length.
#pragma once

#include "autograd/kernels/axis_runs.h"

namespace heed::inline HEED_REAL {

// y (outer, n, inner): the sum of x up to each place, or from it on when `reverse`.
void running_sums(const Real* x, Real* y, const Lines& lines, bool reverse);
// y (outer, n, inner): the product of x up to each place.
void running_products(const Real* x, Real* y, const Lines& lines);
// y_i = x_i + f_i y_{i-1}; with `reverse`, y_i = x_i + f_{i+1} y_{i+1}. All (outer, n, inner).
void running_linear(const Real* x, const Real* f, Real* y, const Lines& lines, bool reverse);

}  // namespace heed::inline HEED_REAL
