// The learning rate as a function of the step, so that nothing has to be saved or replayed.
#pragma once

#include <cstdint>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::optim {

struct WarmupCosineOptions {
  double peak = 1e-3;
  double floor = 0;
  std::int64_t warmup = 0;  // steps
  std::int64_t total = 0;   // steps, warmup included
};

// For step = 0, 1, ...: rises linearly, peak * (step + 1) / (warmup + 1), reaches the peak at step
// `warmup`, falls along half a cosine to the floor at step `total`, stays there.
// Loshchilov, Hutter 2017, arXiv 1608.03983. Throws ValueError unless 0 <= warmup <= total, step >=
// 0 and 0 <= floor <= peak.
double warmup_cosine(std::int64_t step, const WarmupCosineOptions& options);

}  // namespace heed::inline HEED_REAL::optim
