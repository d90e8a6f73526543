// Rows by groups, column by column. Ids lie inside [0, count); that was checked before.
#pragma once

#include <cstdint>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// x (rows, columns), of which row i belongs to segment ids[i] of `count`.
struct SegmentRows {
  const std::int32_t* ids;
  Index rows;
  Index columns;
  Index count;
};

// y (count, columns): the largest of each segment, NaN being larger than all, -inf where it is
// empty. first (rows, columns): 1 at the place where it was found first.
void segment_largest(const Real* x, const SegmentRows& segments, Real* y, std::uint8_t* first);
// y (rows, columns): e^x over its sum within the segment, added in double. Zeros where all are
// -inf.
void segment_shares(const Real* x, const SegmentRows& segments, Real* y);

}  // namespace heed::inline HEED_REAL
