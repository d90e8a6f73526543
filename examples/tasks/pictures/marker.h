// The generator of the marker task, for its tests.
#pragma once

#include "examples/models/cnn.h"

namespace heed::tasks {

inline constexpr Index marker_rows = 3, marker_columns = 2;  // cells
inline constexpr Index marker_height = 4, marker_width = 10;  // pixels of a cell
inline constexpr Index marker_margin = 2;                     // pixels around all cells
inline constexpr Index marker_shown = 4;                      // cells with a glyph
inline constexpr Index marker_size = 2, marker_to_glyph = 6;  // pixels

// Pictures (B, 1, 16, 24) with the glyph that is asked for, and which of the others are shown.
struct MarkerBatch {
  models::PictureBatch pictures;
  Indices cells;  // (B): that of the marker, in reading order
};
MarkerBatch draw_markers(Index batch, Generator& rng);

}  // namespace heed::tasks
