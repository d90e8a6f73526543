// The generator of the task on the chain of command, for its tests.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index command_people = 8;
inline constexpr std::int32_t command_links = 12, command_orders = 10;

// People on a line, written down in a random order. Two who are next to each other share a link,
// which nobody else has; one of them is the chief. `no_link` where there is none: at both ends.
inline constexpr std::int32_t no_link = command_links;
struct ChainBatch {
  Indices links;   // (B, 8, 2), in any order
  Indices orders;  // (B, 8): what each says
  Indices chief;   // (B)
  Indices heads;   // (B, 8): the neighbour on the side of the chief; of the chief himself -1
};
ChainBatch draw_chains(Index batch, Generator& rng);

}  // namespace heed::tasks
