// The checks that every row of the table goes through.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/autograd/op_table.h"

namespace heed_test {

struct Check {
  std::string name;
  std::function<void(const Row&)> run;  // throws or fail()s when the op is wrong
};

// Those that make sense for this row.
std::vector<Check> checks_of(const Row& row);

// The derivative checks alone, for the tests that break derivative rules on purpose. Throws.
void check_derivatives(const Row& row);

// Throws heed::Error unless both hold the same shape and the same numbers up to rounding; NaN
// equals NaN.
void compare(const std::string& what, const Plain& got, const Plain& expected);

}  // namespace heed_test
