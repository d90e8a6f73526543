// Images whose padded rows lie one after the other, so that a tap of a window of stride 1 is one
// offset for the whole image. Internal: conv_direct.h says what that is good for.
//
// What lies between two rows is the padding on the right of the one and on the left of the other,
// and so with channels.
#pragma once

#include <vector>

#include "autograd/kernels/conv.h"
#include "autograd/kernels/lane.h"

namespace heed::inline HEED_REAL {

// Starts where a lane may: elsewhere each load would touch two lines of the cache. 0 at first.
using Room = std::vector<Real, xsimd::aligned_allocator<Real>>;
inline Room room_of(Index numbers) { return Room(static_cast<std::size_t>(numbers)); }

// `inner` channels in, `in` large, to results `out` large.
struct FlatImage {
  Index inner;
  HeightWidth in, out;
  HeightWidth before;          // padding above and on the left
  Index width;                 // from row to row
  Index plane;                 // from channel to channel
  Index reach;                 // of the last tap
  std::vector<Index> offsets;  // (inner, taps)

  Index places() const { return (out.height - 1) * width + out.width; }
  // With what lies behind the last channel, when places are looked at `step` at a time.
  Index room(Index step) const { return inner * plane + width + step; }
  // `channels` of them, from `image` into a room that was 0.
  void pad(const Real* image, Index channels, Real* to) const;
};

// What a window meets on its way from the input, and on the way back, when it is turned round. For
// plans of stride 1 whose padding is no more than the window reaches.
FlatImage flat_forward(const ConvPlan& plan, Index inner);
FlatImage flat_backward(const ConvPlan& plan, Index inner);

// `count` rows of n numbers.
void copy_rows(Index count, Index n, const Real* from, Index from_step, Real* to, Index to_step);

}  // namespace heed::inline HEED_REAL
