// What the tasks on stacked recall have in common.
#pragma once

#include "examples/models/tokens.h"

namespace heed::tasks {

inline constexpr Index recall_pairs = 16, recall_values = 32;

// 16 tokens that carry a key of 32 and a value, then the 16 keys alone; the answers are the values.
models::Tokens recall_tokens();

}  // namespace heed::tasks
