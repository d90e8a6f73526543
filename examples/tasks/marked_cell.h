// Look where the mark is: 3x3 cells, each with a digit; the four corner pixels of one cell are
// inked. The answer is the digit in that cell. Cells do not overlap, so that a glimpse at one says
// nothing of another.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/data/digits.h"

namespace heed::inline HEED_REAL::tasks {

inline constexpr Index marked_cells = 9;

struct CellBatch {
  Tensor cells;    // (B, 9, 64)
  Indices marked;  // (B): which cell
  Indices labels;  // (B): its digit
};
CellBatch draw_cells(Index batch, const data::Digits& digits, Generator& rng);

}  // namespace heed::inline HEED_REAL::tasks
