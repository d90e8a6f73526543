// Running results along a line. Lines are those of axis_runs.h, here kept at their full length.
#pragma once

#include "autograd/kernels/axis_runs.h"

namespace heed::inline HEED_REAL {

// y (outer, n, inner): the sum of x up to each place, or from it on when `reverse`.
void running_sums(const Real* x, Real* y, const Lines& lines, bool reverse);

}  // namespace heed::inline HEED_REAL
