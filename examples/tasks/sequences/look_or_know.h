// The generator of the task on looking, for its tests.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index look_slots = 8;
inline constexpr Index look_values = 10;
inline constexpr Index look_length = 16;

// Token k < 8 asks for what lies in slot k; token 8 + a asks for (3 a + 1) mod 10, which nobody has
// to look up. Each kind half of the time.
struct LookBatch {
  Indices source;  // (B, 8), of 10
  Indices tokens;  // (B, 16), of 18
  Indices labels;  // (B, 16)
  // 1 where the source is not needed, row after row.
  std::vector<std::int32_t> known;
};
LookBatch draw_looks(Index batch, Generator& rng);

}  // namespace heed::tasks
