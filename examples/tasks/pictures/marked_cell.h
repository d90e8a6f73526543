// The generator of the marked-cell task, for its tests.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/data/digits.h"

namespace heed::tasks {

inline constexpr Index marked_cells = 9;

struct CellBatch {
  Tensor cells;    // (B, 9, 64)
  Indices marked;  // (B): which cell
  Indices labels;  // (B): its digit
};
CellBatch draw_cells(Index batch, const data::Digits& digits, Generator& rng);

}  // namespace heed::tasks
