// Where the largest value of each place of a window is.
#pragma once

#include <algorithm>
#include <cstdint>

#include "autograd/window.h"

namespace heed::inline HEED_REAL {

// What is pooled, channel by channel.
struct PoolPlan {
  Index planes;
  HeightWidth in, window, stride, padding, dilation, out;
};

// What of a window lies inside an axis: its first position there, and where it ends.
struct Reach {
  Index first, stop;
};
inline Reach reach(Index place, Index stride, Index padding, Index window, Index dilation,
                   Index extent) {
  const Index start = place * stride - padding;
  const Index skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
  return {start + skipped * dilation, std::min(extent, start + window_span(window, dilation))};
}

// ids (planes, out.height, out.width): the place in its plane of the largest value that each window
// sees, the first of several, or the first NaN. x (planes, in.height, in.width), each plane of
// less than 2^31 values.
void find_largest(const PoolPlan& plan, const Real* x, std::int32_t* ids);

}  // namespace heed::inline HEED_REAL
