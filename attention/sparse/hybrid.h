// Hybrid attention: some heads see everything, the others a window, in one layer.
// As the mixtures of local and global attention of Zaheer et al. 2020, "Big Bird", arXiv
// 2007.14062, and Arora et al. 2024, "Based", arXiv 2402.18668, here by heads.
//
//   head_h = softmax over all keys,              h < G       (j <= i with causal)
//   head_h = softmax over |i - j| <= w,          h >= G
//   y = concat(head_1 ... head_H) W_o
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H, of them G = global_heads global.
// Cost     G T^2 + (H - G)(T (2w + 1) - w (w + 1)) scores and twice that times D multiply-adds;
//          both go through the fused kernel, which keeps H T numbers.
// Differs  from multi-head attention by what the local heads do not compute, and from local
//          attention by what the global heads find far away. It is cheaper than full attention, not
//          better: what it solves, full attention solves.
// Limit    all heads global is multi-head attention (hybrid_with_all_heads_global_is_multi_head);
//          none is local attention.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct HybridOptions {
  Index width = 0;
  Index heads = 1;
  Index global_heads = 1;  // G
  Index window = 0;        // w
  bool causal = false;
  Positions positions = Positions::none;
};

class Hybrid : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, 0 <= global_heads <= heads and the window
  // is not negative.
  Hybrid(const HybridOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  Mask visible_by_head(const MixerInput& input, Index keys) const;

  HybridOptions options_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
