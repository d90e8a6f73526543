// The generator of the clutter task, for its tests.
#pragma once

#include "examples/data/digits.h"
#include "examples/models/cnn.h"

namespace heed::tasks {

inline constexpr Index clutter_side = 16, clutter_fragments = 4, fragment_side = 3;

// Pictures (B, 1, 16, 16): pieces of 3 x 3 pixels of `pieces`, where two meet the darker one, and
// one digit of `digits` over them. A label is that digit.
models::PictureBatch draw_clutter(Index batch, const data::Digits& digits,
                                  const data::Digits& pieces, Generator& rng);

}  // namespace heed::tasks
