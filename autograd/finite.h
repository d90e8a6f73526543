// Whether numbers are numbers. Internal.
#pragma once

#include <cmath>
#include <limits>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// False when one of the n is NaN or infinite. Compares instead of asking isfinite for each: the
// compiler makes lanes of this.
inline bool all_finite(const Real* x, Index n) {
  constexpr Real largest = std::numeric_limits<Real>::max();
  int outside = 0;
  for (Index i = 0; i < n; ++i) outside |= !(std::abs(x[i]) <= largest);
  return outside == 0;
}

}  // namespace heed::inline HEED_REAL
