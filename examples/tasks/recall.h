// Stacked recall: 16 tokens that carry a key and a value, then 16 queries that carry a key alone.
// Keys are distinct, each is asked once; no positions, so only the content says where to look.
// (Arora et al. 2023, "Zoology", arXiv 2312.04927, with key and value in one token: one layer
// suffices.)
#pragma once

#include "examples/tasks/token_batch.h"

namespace heed::inline HEED_REAL::tasks {

inline constexpr Index recall_pairs = 16;
inline constexpr Index recall_keys = 32;
inline constexpr Index recall_values = 32;

TokenTask recall_task();

}  // namespace heed::inline HEED_REAL::tasks
