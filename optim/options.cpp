#include "optim/options.h"

#include <fmt/format.h>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::optim {

void require_not_negative(const char* optimizer, const std::string& option, double value) {
  if (value >= 0) return;
  throw ValueError(fmt::format("[{}] {} must be >= 0, got {}", optimizer, option, value));
}

void require_below_one(const char* optimizer, const std::string& option, double value) {
  if (value >= 0 && value < 1) return;
  throw ValueError(fmt::format("[{}] {} must be in [0, 1), got {}", optimizer, option, value));
}

}  // namespace heed::inline HEED_REAL::optim
