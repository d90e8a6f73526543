// What only a mechanism that draws has to show: that it draws, and that its gradient estimate is
// right.
#pragma once

#include <span>

#include "examples/laws/laws.h"

namespace heed::inline HEED_REAL::laws {

struct Check {
  const char* name;
  Verdict (*measure)();
};

std::span<const Check> hard_checks();

// Each draw of the layer returns one value, untouched.
Verdict hard_reads_one_value();
// The mean estimate lies within 4 standard errors of the enumerated gradient, with so many draws
// that a standard error is at most 2 % of its norm. `measured` is the largest deviation in standard
// errors.
Verdict hard_estimate_is_unbiased();

// The score-function estimates of d E[R] / d scores, one row a draw, for n scores and rewards.
struct Estimate {
  std::vector<double> mean;
  std::vector<double> error;  // the standard error of each coordinate
};
Estimate estimate_gradient(const Tensor& scores, const Tensor& rewards, double baseline,
                           Index draws);
// The same by enumeration.
Tensor exact_gradient(const Tensor& scores, const Tensor& rewards);

}  // namespace heed::inline HEED_REAL::laws
