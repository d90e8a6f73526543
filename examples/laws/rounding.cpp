#include "examples/laws/rounding.h"

#include <algorithm>
#include <string_view>

namespace heed::inline HEED_REAL::laws {

namespace {

struct Rounding {
  std::string_view mechanism;
  double most;
};

constexpr Rounding all[] = {
    {"hyena", 1e-12},  // convolves by transforms of 2 T places
};

}  // namespace

double rounding_of(const attention::Mechanism& mechanism) {
  const auto found = std::ranges::find(all, mechanism.name, &Rounding::mechanism);
  return found == std::end(all) ? 0 : found->most;
}

// Only U5 measures an influence; U6 and CAN count those above the rounding.
double bar_of(const Law& law, const attention::Mechanism& mechanism) {
  return std::string_view(law.id) == "U5" ? std::max(law.bar, rounding_of(mechanism)) : law.bar;
}

}  // namespace heed::inline HEED_REAL::laws
