// Scaled dot-product attention, one head: scores of the same size whatever the width.
// Vaswani et al. 2017, arXiv 1706.03762, section 3.2.1, equation 1.
//
//   y = softmax(Q K^T / sqrt(D)) V,   then W_o
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); D = C.
// Cost     2 T S C multiply-adds for scores and values.
// Differs  from dot.h in the factor 1 / sqrt(D): for q and k of variance 1 the scores have
//          variance 1 for every D, so the softmax starts soft and its gradient does not vanish
//          with the width.
// Limit    D = 1 is the plain dot product (scaled_dot_of_width_one_is_dot).
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// A MultiHead of one head.
std::unique_ptr<Mixer> make_scaled_dot(const MixerConfig& config, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
