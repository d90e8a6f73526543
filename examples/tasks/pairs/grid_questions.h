// The generator of the task on questions about a grid.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index grid_side = 4, grid_cells = grid_side * grid_side;
inline constexpr Index grid_objects = 6, grid_words = 3;  // on a grid, in a question
inline constexpr std::int32_t grid_shapes = 8, grid_colours = 6;
// Words: "colour", "row", "of", the shapes, and one for an empty cell. Answers: the colours, then
// the rows.
inline constexpr std::int32_t word_colour = 0, word_row = 1, word_of = 2, word_shape = 3,
                              word_empty = word_shape + grid_shapes;

// Six objects of distinct shapes in distinct cells.
struct GridBatch {
  Indices shapes;           // (B, 16): the word of what lies there
  Indices colours;          // (B, 16): one more than there are says that the cell is empty
  Indices questions;        // (B, 3)
  Indices asked;            // (B): the cell of the shape that is asked about
  Indices labels;           // (B)
};
GridBatch draw_grids(Index batch, Generator& rng);

}  // namespace heed::tasks
