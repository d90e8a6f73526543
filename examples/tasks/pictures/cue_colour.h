// The generator of the cue-colour task, for its tests.
#pragma once

#include "examples/models/cnn.h"

namespace heed::tasks {

inline constexpr Index colours = 3;
inline constexpr Index cue_rows = 2;                                // of pixels
inline constexpr Index cue_cell_rows = 2, cue_cell_columns = 3;     // below
inline constexpr Index cue_cell = 4;                                // pixels to a side

// Pictures (B, 3, 10, 12), a plane a colour, with the glyph of the cue's colour.
models::PictureBatch draw_cues(Index batch, Generator& rng);

}  // namespace heed::tasks
