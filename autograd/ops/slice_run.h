// Which places of an axis a slice takes.
#pragma once

#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

// first, first + step, ...: `count` places, all of them inside.
struct SliceRun {
  Index first, count, step;
};

// Those of start:stop:step along an axis from the front, with the rules of slice() in slicing.h.
// Throws ShapeError.
SliceRun slice_run(const Shape& shape, int axis, Index start, Index stop, Index step);

}  // namespace heed::inline HEED_REAL
