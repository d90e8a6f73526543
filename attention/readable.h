// Scaled dot-product attention on the readable path: what mechanisms take in the place of their
// kernel while maps are recorded or changed, scores shifted, heads gated or weights dropped.
//
//   if (looked_at()) return project_.output(readable_attention(name, at, visible(...)));
#pragma once

#include <string>

#include "attention/heads/head_gates.h"
#include "attention/heads/map_change.h"
#include "attention/maps.h"
#include "attention/projections.h"
#include "attention/score_shift.h"
#include "autograd/random.h"

namespace heed::inline HEED_REAL::attention {

// Does anybody want to see or change the weights of this pass, to shift its scores or gate its
// heads?
inline bool looked_at() {
  return recording_maps() || shifting_scores() || changing_maps() || gating_heads();
}

// Which weights are dropped, after they were published: each with chance p.
struct WeightDropout {
  double p = 0;
  Generator* draws = nullptr;  // null: none is
};

// Scores of all pairs, shifted; softmax over the visible ones, published under `name`; values. The
// heads come back side by side, (B, T, C). Without `scaled` the scores stay as they are.
Tensor readable_attention(const std::string& name, const Projected& at, const Mask& visible,
                          bool scaled = true, const WeightDropout& dropout = {});

}  // namespace heed::inline HEED_REAL::attention
