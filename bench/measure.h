// What repetitions of a piece of work take.
#pragma once

#include <cstdint>

#include "bench/work.h"

namespace heed::inline HEED_REAL::bench {

struct Nanoseconds {
  std::int64_t wall = 0;
  std::int64_t processor = 0;  // of all threads of this process
};
Nanoseconds time_of(const Work& work, Index repetitions);

// Of one repetition.
struct Footprint {
  std::uint64_t multiply_adds = 0;
  std::uint64_t peak_bytes = 0;  // of tensors, beyond those that lived before
  std::uint64_t system_allocations = 0;
  std::int64_t page_faults = 0;
};
Footprint footprint_of(const Work& work);

}  // namespace heed::inline HEED_REAL::bench
