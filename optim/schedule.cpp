#include "optim/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::optim {
namespace {

// From a to b along half a cosine, for done = 0 ... 1.
double half_cosine(double a, double b, double done) {
  return b + (a - b) * (1 + std::cos(M_PI * done)) / 2;
}

double straight(double a, double b, double done) { return a + (b - a) * done; }

// A straight rise to the peak and, from there to the floor, what `fall` says.
template <class Options, class Fall>
double warm_up_and_fall(const char* schedule, std::int64_t step, const Options& options,
                        const Fall& fall) {
  const auto& [peak, floor, warmup, total] = options;
  if (step < 0 || warmup < 0 || warmup > total || !(floor >= 0) || !(floor <= peak)) {
    throw ValueError(fmt::format(
        "[{}] needs step >= 0, 0 <= warmup <= total and 0 <= floor <= peak, got step {}, warmup "
        "{}, total {}, floor {}, peak {}",
        schedule, step, warmup, total, floor, peak));
  }
  if (step < warmup) {
    return peak * static_cast<double>(step + 1) / static_cast<double>(warmup + 1);
  }
  if (step >= total) return floor;
  const double done = static_cast<double>(step - warmup) / static_cast<double>(total - warmup);
  return fall(peak, floor, done);
}

void check_one_cycle(std::int64_t step, const OneCycleOptions& o) {
  const bool short_enough = o.three_phase ? o.pct_start <= 0.5 : o.pct_start < 1;
  const bool good = step >= 0 && o.peak >= 0 && o.total >= 1 && o.pct_start >= 0 && short_enough &&
                    o.div_factor > 0 && o.final_div_factor > 0;
  if (good) return;
  throw ValueError(fmt::format(
      "[one_cycle] needs step >= 0, peak >= 0, total >= 1, pct_start in {} and factors > 0, got "
      "step {}, peak {}, total {}, pct_start {}, div_factor {}, final_div_factor {}",
      o.three_phase ? "[0, 0.5]" : "[0, 1)", step, o.peak, o.total, o.pct_start, o.div_factor,
      o.final_div_factor));
}

}  // namespace

double warmup_cosine(std::int64_t step, const WarmupCosineOptions& options) {
  return warm_up_and_fall("warmup_cosine", step, options, half_cosine);
}

double warmup_linear(std::int64_t step, const WarmupLinearOptions& options) {
  return warm_up_and_fall("warmup_linear", step, options, straight);
}

double cosine_restarts(std::int64_t step, const CosineRestartsOptions& options) {
  const auto& [peak, floor, period, factor] = options;
  if (step < 0 || period < 1 || factor < 1 || !(floor >= 0) || !(floor <= peak)) {
    throw ValueError(fmt::format(
        "[cosine_restarts] needs step >= 0, period >= 1, factor >= 1 and 0 <= floor <= peak, got "
        "step {}, period {}, factor {}, floor {}, peak {}",
        step, period, factor, floor, peak));
  }
  auto length = static_cast<double>(period);
  auto since = static_cast<double>(step);
  if (factor == 1) since = std::fmod(since, length);
  while (since >= length) {
    since -= length;
    length *= static_cast<double>(factor);
  }
  return half_cosine(peak, floor, since / length);
}

double step_decay(std::int64_t step, const StepDecayOptions& options) {
  const auto& [initial, factor, every] = options;
  if (step < 0 || every < 1 || !(initial >= 0) || !(factor >= 0)) {
    throw ValueError(
        fmt::format("[step_decay] needs step >= 0, every >= 1, initial >= 0 and factor >= 0, got "
                    "step {}, every {}, initial {}, factor {}",
                    step, every, initial, factor));
  }
  return initial * std::pow(factor, static_cast<double>(step / every));
}

double inverse_sqrt(std::int64_t step, const InverseSqrtOptions& options) {
  const auto& [peak, warmup] = options;
  if (step < 0 || warmup < 1 || !(peak >= 0)) {
    throw ValueError(
        fmt::format("[inverse_sqrt] needs step >= 0, warmup >= 1 and peak >= 0, got step {}, "
                    "warmup {}, peak {}",
                    step, warmup, peak));
  }
  const double part = static_cast<double>(step + 1) / static_cast<double>(warmup);
  return peak * std::min(part, 1 / std::sqrt(part));
}

double one_cycle(std::int64_t step, const OneCycleOptions& options) {
  check_one_cycle(step, options);
  const double start = options.peak / options.div_factor;
  const double end = start / options.final_div_factor;
  const auto total = static_cast<double>(options.total);
  const double top = options.pct_start * total - 1;  // the step of the peak; a fraction at times
  const double last = total - 1;
  struct Phase {
    double until, from, to;
  };
  std::vector<Phase> phases{{top, start, options.peak}};
  if (options.three_phase) phases.push_back({2 * top, options.peak, start});
  phases.push_back({last, phases.back().to, end});
  const auto at = static_cast<double>(step);
  double since = 0;
  for (const auto& [until, from, to] : phases) {
    if (at < until) {
      const double done = (at - since) / (until - since);
      return options.linear ? straight(from, to, done) : half_cosine(from, to, done);
    }
    since = until;
  }
  return end;
}

}  // namespace heed::inline HEED_REAL::optim
