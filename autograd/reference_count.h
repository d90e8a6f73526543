// The counts behind Pointer: whoever reads a tensor, or a model, may do so from several threads at
// once, and each copy of a handle counts. While the process has one thread they are plain numbers.
#pragma once

#include <sys/single_threaded.h>

#include <atomic>
#include <cstdint>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

inline void count_up(std::uint32_t& count) {
  if (__libc_single_threaded) {
    ++count;
  } else {
    std::atomic_ref(count).fetch_add(1, std::memory_order_relaxed);
  }
}

inline bool is_one(std::uint32_t& count) {
  return std::atomic_ref(count).load(std::memory_order_acquire) == 1;
}

// True when it was the last. Who holds the only reference is alone with the object, and need not
// lock the bus to find out: so it is with nearly every tensor that an expression leaves behind.
inline bool count_down(std::uint32_t& count) {
  if (is_one(count)) return true;
  if (__libc_single_threaded) return --count == 0;
  return std::atomic_ref(count).fetch_sub(1, std::memory_order_acq_rel) == 1;
}

}  // namespace heed::inline HEED_REAL
