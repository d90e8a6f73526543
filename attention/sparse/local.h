// Local attention: each query sees only the keys within `window` positions of it.
// Beltagy, Peters, Cohan 2020, "Longformer", arXiv 2004.05150, section 3.1.
//
//   y_i = sum_{|i-j| <= w} softmax_j(q_i . k_j / sqrt(D)) v_j
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     T(2w+1) - w(w+1) scores a head instead of T^2, and twice that times D multiply-adds;
//          the fused kernel does not touch what lies outside the band.
// Differs  from softmax attention only in what is visible; L layers see L w positions. This is the
//          sliding window, not the block-local form that cuts the sequence into pieces.
// Limit    w >= T-1 is full attention (local_is_full_when_window_covers).
//
// With causal: only the left half of the window. Takes a state then, as causal attention does.
#pragma once

#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

struct LocalOptions {
  Index width = 0;
  Index heads = 1;
  Index window = 0;  // w
  bool causal = false;
  Positions positions = Positions::none;
};

// Multi-head attention in a window. Throws ValueError unless the heads divide the width and the
// window is not negative.
class Local : public Mixer {
 public:
  Local(const LocalOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return heads_.causal(); }

 private:
  MultiHead& heads_;
};

}  // namespace heed::inline HEED_REAL::attention
