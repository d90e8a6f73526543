// A window that slides over one or two axes: what convolutions and pooling share.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// One number for both axes of an image, or one each.
struct HeightWidth {
  HeightWidth(Index both) : height(both), width(both) {}
  HeightWidth(Index h, Index w) : height(h), width(w) {}
  Index height;
  Index width;
};

// What follows is for the operations themselves.

// Throws ValueError: [conv2d] stride must be at least 1, got 0. And above 2^31 - 1.
void check_range(const char* op, const char* name, HeightWidth given, Index least);

// How far a window reaches along an axis when its taps lie `dilation` apart.
inline Index window_span(Index window, Index dilation) { return dilation * (window - 1) + 1; }

// How many places a window has on an axis of extent `in`. Throws ShapeError when it has none.
Index window_places(const char* op, Index in, Index window, Index stride, Index padding,
                    Index dilation);

}  // namespace heed::inline HEED_REAL
