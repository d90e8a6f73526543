// The order of the numbers along a line.
#pragma once

#include <cstdint>

#include "autograd/kernels/axis_runs.h"

namespace heed::inline HEED_REAL {

// places (outer, k, inner): where the first k of each line of x (outer, n, inner) stand, in the
// order asked for. NaN is the largest number; of equals the first comes first. k <= n < 2^31.
void find_first_in_order(const Real* x, const Lines& lines, Index k, bool descending,
                         std::int32_t* places);

}  // namespace heed::inline HEED_REAL
