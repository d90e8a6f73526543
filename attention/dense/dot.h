// Dot-product attention, one head, without a scale.
// Luong, Pham, Manning 2015, "Effective approaches to attention-based neural machine translation",
// arXiv 1508.04025, section 3.1.
//
//   y = softmax(Q K^T) V,   then W_o
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C).
// Cost     2 T S C multiply-adds for scores and values.
// Differs  no 1 / sqrt(D): for q and k of variance 1 the variance of a score is D, so in a wide
//          layer the softmax starts almost hard and little gradient passes it. The reason for
//          scaled_dot.h.
// Limit    with queries divided by sqrt(D) it is the scaled one
//          (dot_with_scaled_queries_is_scaled_dot).
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// A MultiHead of one head without the scale.
std::unique_ptr<Mixer> make_dot(const MixerConfig& config, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
