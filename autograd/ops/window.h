// What the operations with a window check of its options.
#pragma once

#include "autograd/window.h"

namespace heed::inline HEED_REAL {

// Throws ValueError: [conv2d] stride must be at least 1, got 0. And above 2^31 - 1.
void check_range(const char* op, const char* name, HeightWidth given, Index least);

// How many places a window has on an axis of extent `in`. Throws ShapeError when it has none.
Index window_places(const char* op, Index in, Index window, Index stride, Index padding,
                    Index dilation);

}  // namespace heed::inline HEED_REAL
