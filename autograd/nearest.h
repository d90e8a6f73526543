// The nearest of some names, for errors that suggest one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// How many characters must be put in, taken out or replaced to come from a to b: Levenshtein's
// distance.
Index edits(std::string_view a, std::string_view b);

// Of `candidates`, the one with the fewest edits from `name`; "" of none.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace heed::inline HEED_REAL
