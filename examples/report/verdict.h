// What the runs of a mechanism on a task show, in words.
#pragma once

#include <string>

#include "examples/report/results.h"

namespace heed::inline HEED_REAL::report {

enum class Standing {
  good,
  doubtful,  // good, but so is a model without the mechanism
  compared,  // no level is set
  bad,
};

const char* css_class(Standing standing);

struct Verdict {
  Standing standing = Standing::bad;
  std::string words;
};

// The level (reached by how many of the runs, failed ones included), the ceiling, and whether the
// task needs the mechanism: what is left when it is taken out of the trained model, and what a
// model trained without it reaches. Scores closer than `tie`, relative to the distance between the
// score and guessing, count as the same.
Verdict verdict(const Group& group);
constexpr double tie = 0.02;

// How many runs are good enough: a score at least as good as the level; or, where the ceiling is
// short of perfection and at most 0.02 better than the level, within 0.02 of the ceiling on either
// side (above it is a leak). 0 when no level is set.
int at_level(const Group& group);

}  // namespace heed::inline HEED_REAL::report
