// What the tasks on nine cells share, and draw.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/data/digits.h"
#include "examples/study/study.h"

namespace heed::tasks {

inline constexpr Index marked_cells = 9;

struct CellBatch {
  Tensor cells;    // (B, 9, 64)
  Indices marked;  // (B): which cell
  Indices labels;  // (B): its digit
};
// A digit in each; one has its four corner pixels inked.
CellBatch draw_cells(Index batch, const data::Digits& digits, Generator& rng);
// One is as it was drawn; in the others the quarters are put elsewhere.
CellBatch draw_cluttered_cells(Index batch, const data::Digits& digits, Generator& rng);

// Picks a cell with the mechanism under test and reads it. With clutter the mechanism compares what
// a small network sees in each cell, and still hands on the pixels.
std::unique_ptr<study::Study> study_of_cells(bool clutter, const study::Setup& setup,
                                             Generator& rng);

}  // namespace heed::tasks
