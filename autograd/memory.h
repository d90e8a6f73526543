// The memory behind tensors: one caching allocator, its counters and its cap.
//
// Blocks are 64-byte aligned and kept for reuse by size class, so that a training step after the
// first asks the system for nothing. Under a sanitizer every block is passed through at its exact
// size: a cache would hide a use after free.
#pragma once

#include <cstdint>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::memory {

struct Counters {
  std::uint64_t live_bytes = 0;    // held by tensors now
  std::uint64_t peak_bytes = 0;    // the most since reset_peak()
  std::uint64_t cached_bytes = 0;  // kept for reuse
  std::uint64_t system_calls = 0;  // allocations that went to the system
};

// The counters as they are now.
Counters counters();
// Makes the peak what is live now.
void reset_peak();
// Throws OutOfMemory, with requested, used and cap, when live bytes would pass the cap. 0 = no cap.
void set_cap(std::uint64_t bytes);
// Fill every fresh block with NaN and every freed one with another pattern.
void set_poison(bool on);
// Give the cached blocks back to the system.
void trim();
// Make the n-th allocation from now on fail with OutOfMemory (0 = never). For tests.
void fail_allocation(std::uint64_t n);

}  // namespace heed::inline HEED_REAL::memory
