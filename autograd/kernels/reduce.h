// Reductions of x, seen as (outer, n, inner), to y, (outer, inner).
#pragma once

#include <cstdint>

#include "autograd/kernels/axis_runs.h"

namespace heed::inline HEED_REAL {

// Accurate: short runs are summed in Real, the runs in double.
void sum_lines(const Real* x, Real* y, const Lines& lines);
// The same divided by n; NaN over nothing.
void mean_lines(const Real* x, Real* y, const Lines& lines);
void prod_lines(const Real* x, Real* y, const Lines& lines);
// The square root of the sum of squares; squares that overflow or vanish are scaled.
void norm_lines(const Real* x, Real* y, const Lines& lines);
// The squared distances from the mean, summed and divided by max(0, n - correction).
void var_lines(const Real* x, Real* y, const Lines& lines, Index correction);
// The logarithm of the sum of e^x; -inf over nothing.
void logsumexp_lines(const Real* x, Real* y, const Lines& lines);
// NaN when there is one. n >= 1.
void largest_lines(const Real* x, Real* y, const Lines& lines);
void smallest_lines(const Real* x, Real* y, const Lines& lines);
// Where the first number stands that equals y, or is NaN.
void find_lines(const Real* x, const Real* y, std::int32_t* places, const Lines& lines);

}  // namespace heed::inline HEED_REAL
