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

// Is it so near that it may have been meant? Two edits, or one in three letters.
bool is_near(std::string_view name, std::string_view candidate);

// What an error about a name that is not there ends with: "\nhint: did you mean 'x'?", or, where
// none is near, all that there are; "" of none.
std::string name_hint(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace heed::inline HEED_REAL
