// Attention of a decoder: one head, queries (B, T, Cq) over a memory (B, S, Ck) that is its own
// values. What such mechanisms share is all but the score.
#pragma once

#include "attention/core.h"
#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// (B, T, C) -> (B, 1, T, C)
Tensor with_head(const Tensor& x);

// What weights (B, 1, T, S), published as the map of `name`, read of memory: y (B, T, Ck).
Attended read_memory(const char* name, const Tensor& weights, const Tensor& memory);
// The same of scores (B, 1, T, S), which are shifted (score_shift.h), by softmax over the visible
// ones. Throws ShapeError when the mask does not fit.
Attended attend_by_scores(const char* name, const Tensor& scores, const Tensor& memory,
                          const Mask& visible);

struct Memory {
  Tensor of;     // (B, S, Ck): the context, or the sequence itself
  Mask visible;  // over (B, 1, T, S)
};
// Of a mixer that has neither a state nor values apart. Throws as refuse_state and those beside it.
Memory memory_of(const char* name, const MixerInput& input, Index query_width, Index memory_width,
                 bool is_causal);

}  // namespace heed::inline HEED_REAL::attention
