// Element by element with complex numbers, a last axis of 2.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// y_i = a_i b_i, or a_i times the conjugate of b_i. Of each operand there are `period` numbers that
// begin again and again: the smaller period divides the larger one, and that is how many y has.
struct Repeated {
  const Real* numbers;
  Index period;
};
void multiply_complex(Repeated a, Repeated b, bool conjugate, Real* y);

// y_i = the conjugate of x_i, of n numbers.
void conjugate_complex(Index n, const Real* x, Real* y);

}  // namespace heed::inline HEED_REAL
