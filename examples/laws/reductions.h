// The law of reductions: what an entry says that its mechanism becomes, it becomes. And the graph
// of all of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "examples/laws/laws.h"

namespace heed::inline HEED_REAL::laws {

// On results and gradients, in double precision.
constexpr double reduction_bar = 1e-12;

// The largest difference between both mechanisms over all forms that both have, with and without
// padding; infinite when the other has parameters that this one cannot fill. Where it holds for
// tokens of length 1 only, gradients are compared along them. Only for one without a test of its
// own; throws ValueError unless both have a mixer part.
Verdict measure_reduction(const attention::Mechanism& from, const attention::Reduction& reduction);

// The reduction without one of its conditions, for each of them, with the name of the condition.
using Weakened = std::pair<std::string, attention::Reduction>;
std::vector<Weakened> without_each_condition(const attention::Reduction& reduction);

// "local (window >= T - 1) == multihead".
std::string words(const attention::Mechanism& from, const attention::Reduction& reduction);

// All reductions of the catalog for graphviz: an arrow from a mechanism to what it becomes, with
// the condition and the test that proves it.
std::string reductions_as_dot();

}  // namespace heed::inline HEED_REAL::laws
