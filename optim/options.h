// What an optimizer's options may be.
#pragma once

#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::optim {

// Throw ValueError, naming the optimizer, the option, its range and the value; also on NaN.
void require_not_negative(const char* optimizer, const std::string& option, double value);
void require_below_one(const char* optimizer, const std::string& option, double value);  // [0, 1)

}  // namespace heed::inline HEED_REAL::optim
