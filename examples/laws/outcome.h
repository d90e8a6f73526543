// What came of one law on one mechanism, in words: for the program and the pages.
#pragma once

#include <string>

#include "examples/laws/laws.h"

namespace heed::inline HEED_REAL::laws {

struct Outcome {
  std::string word;       // "3e-16", "exempt", "BROKEN"
  std::string remark;     // why
  bool as_wanted = true;  // it holds; or is exempt, and broken indeed
};

// A measured difference: "3e-16", "0".
std::string shown(double measured);
Outcome outcome_of(const Law& law, const attention::Mechanism& mechanism);
// Of a reduction that the law measures; one with a test of its own has the name of the test.
Outcome outcome_of(const attention::Mechanism& from, const attention::Reduction& reduction);

}  // namespace heed::inline HEED_REAL::laws
