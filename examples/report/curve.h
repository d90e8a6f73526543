// The loss of several seeds as one curve.
#pragma once

#include <vector>

#include "examples/report/results.h"

namespace heed::report {

struct Curve {
  struct Sample {
    double step, least, median, most;  // over the seeds
  };
  std::vector<Sample> samples;  // by step
};

// Every curve is cut into at most `stretches` stretches of equal length, and a sample is taken from
// the mean of each seed within a stretch: a noisy curve of thousands of steps stays readable.
// Losses that are no numbers are left out. Empty when there is none.
Curve curve_of(const Group& group, int stretches = 80);

}  // namespace heed::report
