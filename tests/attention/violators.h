// Mechanisms made wrong on purpose: each breaks one law, which shows that the law can be broken.
// Besides them every exemption in the catalog has to break its law.
#pragma once

#include <string>
#include <vector>

#include "attention/mechanism.h"

namespace heed::inline HEED_REAL::laws {

struct Violator {
  std::string law;  // "U2"
  attention::Mechanism mechanism;
};
std::vector<Violator> violators();

// Reductions that are none.
struct FalseReduction {
  attention::Mechanism from;
  attention::Reduction reduction;
};
std::vector<FalseReduction> false_reductions();

}  // namespace heed::inline HEED_REAL::laws
