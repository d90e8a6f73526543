// Top-k attention: each query keeps the k keys that fit it best and forgets the others.
// Zhao et al. 2019, "Explicit sparse transformer: concentrated attention through explicit
// selection", arXiv 1912.11637.
//
//   s_ij = q_i . k_j / sqrt(D),  t_i = the k-th largest s_ij that i sees
//   y_i = sum_{s_ij >= t_i} softmax_j(s_ij) v_j
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H; k keys.
// Cost     that of full attention and a partial sort: all T S scores are made and kept. It narrows
//          what is mixed, not what is computed.
// Differs  from softmax attention by exact zeros: noise from many keys that fit a little is cut
//          off. Keys as good as the k-th are kept with it. No gradient reaches what was cut off, so
//          a key that never makes it into the first k is not learned from that query.
// Limit    k >= S is full attention (top_k_of_all_is_full_attention); k = 1 picks the best.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// Of the keys that `visible` shows (undefined: all), each query's k best and those as good as the
// last of them: scores (..., T, S) -> (..., T, S). Throws ValueError unless k >= 1.
Mask best_keys(const Tensor& scores, Index k, const Mask& visible = {});

struct TopKOptions {
  Index width = 0;
  Index heads = 1;
  Index k = 1;
  bool causal = false;
  Positions positions = Positions::none;
};

class TopK : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and k is at least 1.
  TopK(const TopKOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  TopKOptions options_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
