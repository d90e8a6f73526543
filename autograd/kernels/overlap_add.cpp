#include "autograd/kernels/overlap_add.h"

#include <algorithm>

#include "autograd/kernels/pieces.h"

namespace heed::inline HEED_REAL {

void overlap_add(const Real* windows, const WindowsOfLine& cut, Real* y, const Lines& lines) {
  // Elements that a tile makes; fixed, so that the number of threads changes no bit.
  constexpr Index tile_size = Index{1} << 13;
  for_pieces(lines.outer * lines.n, lines.inner, tile_size, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      const Index at = row % lines.n;
      const Index first = at < cut.size ? 0 : (at - cut.size) / cut.step + 1;  // that covers it
      const Index last = std::min(at / cut.step, cut.count - 1);
      for (Index i = 0; i < lines.inner; ++i) {
        Real sum = 0;
        for (Index w = first; w <= last; ++w) {
          const Index window = (row / lines.n * cut.count + w) * lines.inner + i;
          sum += windows[window * cut.size + at - w * cut.step];
        }
        y[row * lines.inner + i] = sum;
      }
    }
  });
}

}  // namespace heed::inline HEED_REAL
