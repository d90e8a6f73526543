// Attention in which each block of queries sees some blocks of keys, given as lists. Internal.
//
// The keys that a block sees are gathered side by side, and every block of queries goes through the
// fused kernel against its own: no matrix of all pairs, and no mask of one, is made.
#pragma once

#include <cstdint>
#include <vector>

#include "attention/sparse/patterned.h"

namespace heed::inline HEED_REAL::attention {

// seen[h][i]: the blocks of keys that block i of the queries of head h sees, each once. Every head
// has the same number of blocks.
using SeenBlocks = std::vector<std::vector<std::vector<std::int32_t>>>;

// Whether each query of each head sees each key: (1, H, T, T).
Mask by_token(const SeenBlocks& seen, Index block, Index tokens);

// (B, T, C), heads side by side. `keys` (B, T) hides some, undefined none. A block that sees all
// reads the keys where they lie. The last block may be incomplete.
Tensor attend_in_blocks(const Projected& at, const Mask& keys, Index block, const SeenBlocks& seen);

}  // namespace heed::inline HEED_REAL::attention
