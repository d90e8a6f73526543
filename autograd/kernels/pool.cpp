#include "autograd/kernels/pool.h"

#include "autograd/kernels/pieces.h"

namespace heed::inline HEED_REAL {
namespace {

void find_in_plane(const PoolPlan& p, const Real* plane, std::int32_t* ids) {
  for (Index i = 0; i < p.out.height; ++i) {
    const Reach rows = reach(i, p.stride.height, p.padding.height, p.window.height,
                             p.dilation.height, p.in.height);
    for (Index j = 0; j < p.out.width; ++j) {
      const Reach columns =
          reach(j, p.stride.width, p.padding.width, p.window.width, p.dilation.width, p.in.width);
      Index best = rows.first * p.in.width + columns.first;
      for (Index r = rows.first; r < rows.stop; r += p.dilation.height) {
        for (Index c = columns.first; c < columns.stop; c += p.dilation.width) {
          const Index here = r * p.in.width + c;
          const Real value = plane[here];
          const bool beaten = plane[best] != plane[best];  // the first NaN stays
          if (!beaten && !(value <= plane[best])) best = here;
        }
      }
      *ids++ = static_cast<std::int32_t>(best);
    }
  }
}

}  // namespace

void find_largest(const PoolPlan& p, const Real* x, std::int32_t* ids) {
  constexpr Index worth = Index{1} << 16;
  const Index pixels = p.in.height * p.in.width;
  const Index places = p.out.height * p.out.width;
  const Index seen = places * p.window.height * p.window.width;
  for_pieces(p.planes, seen, worth, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) find_in_plane(p, x + i * pixels, ids + i * places);
  });
}

}  // namespace heed::inline HEED_REAL
