// Cross-attention: queries from one sequence, keys and values from another.
// Bahdanau, Cho, Bengio 2014, arXiv 1409.0473; Vaswani et al. 2017, arXiv 1706.03762, section
// 3.2.3. Also "general" attention: attention to anything outside.
//
//   y = softmax(x W_q (c W_k)^T / sqrt(D)) c W_v W_o,   c = context
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     2 T S C multiply-adds for scores and values, 2 (T + S) C^2 for the projections.
// Differs  the two lengths are independent, and the order of the context does not matter unless
//          its tokens say where they stand.
// Limit    with the sequence itself as context it is self-attention (cross_with_itself_is_self).
//
// Causal form (the sequences end together): query i sees context positions up to i + S - T.
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// A MultiHead that insists on a context.
std::unique_ptr<Mixer> make_cross(const MixerConfig& config, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
