// `heed`: trains the chosen mechanisms on their tasks, side by side, and writes what was found.
#pragma once

#include <ostream>

#include "examples/compare/comparison.h"
#include "examples/progress.h"

namespace heed::compare {

// Returns the exit code: 0 when everything reached its level, 1 when something missed it or
// crashed, 4 when a run met numbers that are not finite, 130 after Ctrl-C (what was finished is
// written). Throws IoError before any training when options.out cannot be written or data is
// missing, ValueError on an unknown mode.
int run_comparison(const Options& options, std::ostream& out, const Terminal& terminal);

}  // namespace heed::compare
