// Work cut into pieces, and small pieces joined until they are worth a thread. By sizes alone, so
// that the number of threads changes no bit.
#pragma once

#include <algorithm>

#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

// How many pieces cover the whole; none of nothing.
inline Index pieces_of(Index whole, Index piece) {
  return piece == 0 ? 0 : (whole + piece - 1) / piece;
}
inline Index rounded_up(Index n, Index to) { return pieces_of(n, to) * to; }

// The size of pieces that are as few as with size `most`, and about equal: 16 into 8 and 8, not
// into 10 and 6.
inline Index even_piece(Index whole, Index most) {
  return pieces_of(whole, pieces_of(whole, most));
}

// work(first, last) on runs of pieces: as many a run as make `size_of_run` when one has
// `size_of_one`, but at least one.
template <class Work>
void for_pieces(Index pieces, Index size_of_one, Index size_of_run, Work work) {
  const Index together = std::max<Index>(1, size_of_run / std::max<Index>(1, size_of_one));
  parallel_for(pieces_of(pieces, together),
               [&](Index run) { work(run * together, std::min(pieces, (run + 1) * together)); });
}

}  // namespace heed::inline HEED_REAL
