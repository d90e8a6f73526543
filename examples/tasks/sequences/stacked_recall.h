// Stacked recall, which `recall` and `narrow-recall` ask for: 16 tokens that carry a key and a
// value, then the 16 keys alone, in another order; the answers are their values. Keys are distinct,
// 16 of 32; no positions.
#pragma once

#include "examples/models/tokens.h"

namespace heed::tasks {

inline constexpr Index recall_pairs = 16, recall_values = 32;

models::Tokens stacked_recall();

}  // namespace heed::tasks
