// Picking and putting by ids: single numbers, each with an id of its own, and whole slices. Ids lie
// inside their extents; that was checked before.
#pragma once

#include <cstdint>

#include "autograd/kernels/axis_runs.h"

namespace heed::inline HEED_REAL {

// y (outer, k, inner) = x (outer, n, inner) at ids (outer, k, inner) along the middle axis.
void pick_along(const Real* x, const Lines& lines, const std::int32_t* ids, Index k, Real* y);
// y (outer, n, inner) += values (outer, k, inner), at ids of that shape, in the order of the ids.
void add_along(const Real* values, const std::int32_t* ids, Index k, Real* y, const Lines& lines);

// y (outer, count, inner): the slices of x (outer, n, inner) that `count` ids name.
void pick_slices(const Real* x, const Lines& lines, const std::int32_t* ids, Index count, Real* y);
// y (outer, n, inner) += values (outer, count, inner), slice by slice in the order of the ids.
void add_slices(const Real* values, const std::int32_t* ids, Index count, Real* y,
                const Lines& lines);

}  // namespace heed::inline HEED_REAL
