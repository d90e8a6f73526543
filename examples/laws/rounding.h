// Rounding that counts as nothing. Through a transform over all places everything reaches
// everything, if only in the last digit: no influence is exactly 0, and the laws that ask for that
// are given a bar of their own. One line a mechanism, with the reason; the tests want it needed.
#pragma once

#include "examples/laws/laws.h"

namespace heed::inline HEED_REAL::laws {

// How much of an influence is rounding, in double precision; 0 for nearly all mechanisms.
double rounding_of(const attention::Mechanism& mechanism);
// The bar of a law for a mechanism.
double bar_of(const Law& law, const attention::Mechanism& mechanism);

}  // namespace heed::inline HEED_REAL::laws
