// What mechanisms share that are scaled dot-product attention under a pattern of their own: the
// ways through them, of which only the first is the mechanism's. Internal.
//
//   sparse    the work of the pattern and no more, by the mechanism's own code
//   readable  all pairs and a mask, while somebody looks
//   seen      queries that continue a state, or a mask that differs from query to query: the keys
//             that some query sees are gathered, and the others never read
//   biased    all pairs and a mask, where positions add to the scores
#pragma once

#include <functional>

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// Queries, keys and values apart, (B, T or S, C) each.
struct Apart {
  Tensor q, k, v;
};
Apart apart(const Projected& at);

// (B, T, C), and who is hidden from all queries as (B, T), or undefined -> heads side by side, (B,
// T, C).
using SparsePath = std::function<Tensor(const Projected& at, const Mask& keys)>;

Mixed mix_patterned(const char* name, const Projections& project, const Pattern& pattern,
                    const MixerInput& input, const SparsePath& sparse);

}  // namespace heed::inline HEED_REAL::attention
