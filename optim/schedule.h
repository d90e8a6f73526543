// The learning rate as a function of the step, so that nothing has to be saved or replayed:
//
//   optimizer.set_lr(optim::one_cycle(step, {.peak = 1e-3, .total = 1000}));
//
// Steps are 0, 1, ... Each throws ValueError, with the numbers, on a step below 0 and on options
// that cannot be.
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

// Rises linearly, peak * (step + 1) / (warmup + 1), reaches the peak at step `warmup`, falls along
// half a cosine to the floor at step `total`, stays there. Loshchilov, Hutter 2017, arXiv
// 1608.03983. Needs 0 <= warmup <= total and 0 <= floor <= peak.
double warmup_cosine(std::int64_t step, const WarmupCosineOptions& options);

struct WarmupLinearOptions {
  double peak = 1e-3;
  double floor = 0;
  std::int64_t warmup = 0;  // steps
  std::int64_t total = 0;   // steps, warmup included
};

// The same with a straight line down to the floor, as BERT is trained: Devlin et al. 2018, arXiv
// 1810.04805, appendix A.2. Without warmup and floor it is PyTorch's LinearLR from 1 to 0.
double warmup_linear(std::int64_t step, const WarmupLinearOptions& options);

struct CosineRestartsOptions {
  double peak = 1e-3;
  double floor = 0;
  std::int64_t period = 0;  // steps of the first fall
  std::int64_t factor = 1;  // how many times as long each fall is as the one before
};

// Falls along half a cosine from the peak towards the floor within `period` steps and begins again
// at the peak, each time `factor` times as slow. Loshchilov, Hutter 2017, arXiv 1608.03983, section
// 3; PyTorch's CosineAnnealingWarmRestarts. Needs 0 <= floor <= peak, period >= 1, factor >= 1.
double cosine_restarts(std::int64_t step, const CosineRestartsOptions& options);

struct StepDecayOptions {
  double initial = 1e-3;
  double factor = 0.1;
  std::int64_t every = 0;  // steps
};

// initial * factor^floor(step / every): PyTorch's StepLR. Needs initial >= 0, factor >= 0 and every
// >= 1.
double step_decay(std::int64_t step, const StepDecayOptions& options);

struct InverseSqrtOptions {
  double peak = 1e-3;
  std::int64_t warmup = 1;  // steps
};

// Rises linearly over the first `warmup` steps, then falls with the square root: peak * min(s /
// warmup, sqrt(warmup / s)), s = step + 1. Vaswani et al. 2017, arXiv 1706.03762, equation 3, where
// the peak is 1 / sqrt(width * warmup). Needs peak >= 0 and warmup >= 1.
double inverse_sqrt(std::int64_t step, const InverseSqrtOptions& options);

struct OneCycleOptions {
  double peak = 1e-3;
  std::int64_t total = 0;         // steps
  double pct_start = 0.3;         // the rise's share of the steps
  double div_factor = 25;         // it starts at peak / div_factor
  double final_div_factor = 1e4;  // and ends at peak / div_factor / final_div_factor
  bool linear = false;            // straight lines instead of half cosines
  bool three_phase = false;  // falls as fast as it rose, to where it began, and then to the end
};

// Up to the peak and down to almost nothing at step total - 1, where it stays. Smith, Topin 2017,
// arXiv 1708.07120; the numbers are those of PyTorch's OneCycleLR. Needs peak >= 0, total >= 1,
// pct_start in [0, 1) ([0, 0.5] with three phases) and factors > 0.
double one_cycle(std::int64_t step, const OneCycleOptions& options);

}  // namespace heed::inline HEED_REAL::optim
