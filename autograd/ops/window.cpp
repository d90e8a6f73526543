#include "autograd/ops/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {

void check_range(const char* op, const char* name, HeightWidth given, Index least) {
  const Index low = std::min(given.height, given.width);
  if (low < least) {
    throw ValueError(fmt::format("[{}] {} must be at least {}, got {}", op, name, least, low));
  }
  // Products of two such numbers can be counted.
  constexpr Index most = std::numeric_limits<std::int32_t>::max();
  const Index high = std::max(given.height, given.width);
  if (high > most) {
    throw ValueError(fmt::format("[{}] {} must be at most {}, got {}", op, name, most, high));
  }
}

Index window_places(const char* op, Index in, Index window, Index stride, Index padding,
                    Index dilation) {
  const Index span = window_span(window, dilation);
  const Index room = in + 2 * padding - span;
  if (room < 0) {
    throw ShapeError(fmt::format("[{}] the window spans {}, more than the {} of x with its padding",
                                 op, span, in + 2 * padding));
  }
  return room / stride + 1;
}

}  // namespace heed::inline HEED_REAL
