// Rows times the transpose of a weight, as a linear layer stores it.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct LinearExtents {
  Index rows, in, out;
};

// y (rows, out) = x (rows, in) * weight (out, in)^T + bias (out); bias may be null.
void linear_rows(const LinearExtents& extents, const Real* x, const Real* weight, const Real* bias,
                 Real* y);

}  // namespace heed::inline HEED_REAL
