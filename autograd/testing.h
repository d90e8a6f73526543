// The test build's hook on derivative rules. Exists only where HEED_TESTING is defined.
#pragma once

#ifdef HEED_TESTING

#include <string>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::testing {

struct RuleName {
  std::string op;
  int argument = 0;  // which input of the op
  friend bool operator==(const RuleName&, const RuleName&) = default;
};

enum class Break { none, sign, scale };

// From now on what the rule returns is negated, or scaled by 1.01. Break::none mends it.
void break_rule(const RuleName& rule, Break how);

// Every rule that ran since the last call with `forget`.
std::vector<RuleName> rules_that_ran(bool forget = true);

}  // namespace heed::inline HEED_REAL::testing

#endif
