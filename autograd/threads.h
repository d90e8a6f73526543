// One pool of threads for the inside of operations.
//
// Work is cut into tiles whose size does not depend on the number of threads, and every tile writes
// its own outputs, so results are bitwise the same with 1, 2 or 4 threads.
#pragma once

#include <type_traits>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// How many threads work inside of operations; 1 in a child of fork(). ValueError unless 1 to 64.
void set_threads(int count);
int threads();

// Inside a tile: which of the threads() works on it, from 0. No two at once have the same.
int thread_slot();

namespace detail {
void run_tiles(Index tiles, void (*call)(void*, Index), void* work);
}

// work(tile) for tile = 0 ... tiles - 1, in any order and on any thread of the pool.
template <class Work>
void parallel_for(Index tiles, Work&& work) {
  detail::run_tiles(
      tiles, [](void* w, Index tile) { (*static_cast<std::remove_reference_t<Work>*>(w))(tile); },
      const_cast<std::remove_cvref_t<Work>*>(&work));
}

}  // namespace heed::inline HEED_REAL
