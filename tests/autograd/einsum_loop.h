// The second formula of einsum: one loop over every position of every letter.
#pragma once

#include <string>

#include "tests/autograd/op_table.h"

namespace heed_test {

// Reads equations that are right; the operands may be stretched.
Plain einsum_loop(const std::string& equation, const Plains& operands);

}  // namespace heed_test
