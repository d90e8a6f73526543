// The worker's side of a conversation: one command a line, one answer a line.
//
//   rows             ok GROUP/NAME ...
//   facts            ok {"compiler": ..., ...}
//   threads N        ok                       from now on
//   row NAME         ok                       prepares the row; what was prepared before is gone
//   inputs PATH      ok                       writes a safetensors file
//   outputs PATH     ok                       the same, of one repetition
//   run K            ok WALL PROCESSOR        nanoseconds of K repetitions
//   saved            ok {"linear": BYTES, ...}
//                                             what its operations keep for the backward pass
//   footprint        ok MULTIPLY_ADDS PEAK_BYTES SYSTEM_ALLOCATIONS PAGE_FAULTS, of one repetition
//
// Anything wrong: `error MESSAGE`, and the conversation goes on.
#pragma once

#include <iosfwd>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::bench {

// Until `in` ends.
void serve(std::istream& in, std::ostream& out);

}  // namespace heed::inline HEED_REAL::bench
