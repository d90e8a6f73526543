// Text from a file, made fit to stand in an error message.
#pragma once

#include <string>
#include <string_view>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::nn {

// At most 40 bytes of it, and ? for what is not printable ASCII: a message goes to a terminal, and
// must not command it.
std::string shown(std::string_view text);

}  // namespace heed::inline HEED_REAL::nn
