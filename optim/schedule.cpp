#include "optim/schedule.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::optim {

double warmup_cosine(std::int64_t step, const WarmupCosineOptions& options) {
  const auto& [peak, floor, warmup, total] = options;
  if (step < 0 || warmup < 0 || warmup > total || !(floor >= 0) || !(floor <= peak)) {
    throw ValueError(fmt::format(
        "[warmup_cosine] needs step >= 0, 0 <= warmup <= total and 0 <= floor <= peak, got step "
        "{}, warmup {}, total {}, floor {}, peak {}",
        step, warmup, total, floor, peak));
  }
  if (step < warmup) {
    return peak * static_cast<double>(step + 1) / static_cast<double>(warmup + 1);
  }
  if (step >= total) return floor;
  const double done = static_cast<double>(step - warmup) / static_cast<double>(total - warmup);
  return floor + (peak - floor) * (1 + std::cos(M_PI * done)) / 2;
}

}  // namespace heed::inline HEED_REAL::optim
