// Rows of numbers to lanes and back: number k of as many rows as a lane holds becomes lane k.
// Internal.
#pragma once

#include "autograd/kernels/lane.h"

namespace heed::inline HEED_REAL {

// Lines along the axis of places of (outer, places, inner, parts), one for each of outer and inner.
struct Lines {
  Index outer, places, inner, parts;  // parts: 1 or 2
  Index count() const { return outer * inner; }
  Index lanes() const { return places * parts; }
  Index step() const { return inner * parts; }  // from one place to the next
  Index start(Index line) const {
    return (line / inner * places * inner + line % inner) * parts;
  }
};

// to (lanes, Lane::size) of lines `first` ..., with zeros behind the last line.
void lines_to_lanes(const Lines& lines, Index first, const Real* x, Real* to);
// y = from * factor + added, line by line; spoils `from`.
void lanes_to_lines(const Lines& lines, Index first, Real* from, Lane factor, Lane added, Real* y);

}  // namespace heed::inline HEED_REAL
