// Sums over one axis range: x seen as (outer, n, inner), the result as (outer, inner).
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// Accurate: short runs are summed in Real, the runs in double.
void sum_middle(const Real* x, Real* y, Index outer, Index n, Index inner);

}  // namespace heed::inline HEED_REAL
