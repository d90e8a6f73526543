// Windows that share places of a line, added up.
#pragma once

#include "autograd/kernels/axis_runs.h"

namespace heed::inline HEED_REAL {

// `count` windows of `size` places, one every `step`.
struct WindowsOfLine {
  Index count, size, step;
};

// y (outer, n, inner): at each place the sum of what the windows over it hold there, in their
// order. windows (outer, count, inner, size).
void overlap_add(const Real* windows, const WindowsOfLine& cut, Real* y, const Lines& lines);

}  // namespace heed::inline HEED_REAL
