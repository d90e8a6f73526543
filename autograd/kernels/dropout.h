// Which elements dropout lets pass.
#pragma once

#include <cstdint>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// A place in a stream of random words: philox.h.
struct WordsFrom {
  std::uint64_t key, first;
};

// Factors: 0 where the word of an element is below `drop_below`, `scale` elsewhere. Element i draws
// word first + i, whichever tile it falls into.
void draw_factors(const WordsFrom& words, std::uint64_t drop_below, Real scale, Real* factors,
                  Index count);

}  // namespace heed::inline HEED_REAL
