// The generator of the task on dictionaries.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index dictionary_keys = 8;

// Dictionaries (B, 8): the value of each key, all different. About one in five of all dictionaries
// is kept for the test, and never drawn for training.
Indices draw_dictionaries(Index batch, bool test, Generator& rng);
// The edges of `graphs` graphs of 8 keys and then 8 queries each, (2, E): from every key to every
// query of the same graph.
Indices dictionary_edges(Index graphs);

}  // namespace heed::tasks
