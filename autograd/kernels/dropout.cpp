#include "autograd/kernels/dropout.h"

#include <algorithm>
#include <array>

#include "autograd/kernels/pieces.h"
#include "autograd/philox.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

void draw_factors(const WordsFrom& words, std::uint64_t drop_below, Real scale, Real* factors,
                  Index count) {
  constexpr Index tile_size = Index{1} << 14;
  parallel_for(pieces_of(count, tile_size), [&](Index tile) {
    std::array<std::uint32_t, 512> drawn;
    const Index stop = std::min(count, (tile + 1) * tile_size);
    for (Index i = tile * tile_size; i < stop; i += static_cast<Index>(drawn.size())) {
      const Index n = std::min(static_cast<Index>(drawn.size()), stop - i);
      philox_words(words.key, words.first + static_cast<std::uint64_t>(i),
                   {drawn.data(), static_cast<std::size_t>(n)});
      for (Index j = 0; j < n; ++j) {
        const bool dropped = drawn[static_cast<std::size_t>(j)] < drop_below;
        factors[i + j] = dropped ? Real{0} : scale;
      }
    }
  });
}

}  // namespace heed::inline HEED_REAL
