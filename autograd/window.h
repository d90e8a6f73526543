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

// How far a window reaches along an axis when its taps lie `dilation` apart.
inline Index window_span(Index window, Index dilation) { return dilation * (window - 1) + 1; }

}  // namespace heed::inline HEED_REAL
