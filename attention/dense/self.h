// Self-attention: queries, keys and values all come from the same sequence.
// Cheng, Dong, Lapata 2016, arXiv 1601.06733; Lin et al. 2017, arXiv 1703.03130; Vaswani et al.
// 2017, arXiv 1706.03762.
//
//   y = softmax(x W_q (x W_k)^T / sqrt(D)) x W_v W_o
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     2 T^2 C multiply-adds for scores and values, 4 T C^2 for the projections.
// Differs  nothing from outside comes in: it knows neither a context nor, without position
//          embeddings, an order. Permuting the tokens permutes the result.
// Limit    a single token is mapped linearly (self_of_one_token_is_linear).
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// A MultiHead that refuses a context.
std::unique_ptr<Mixer> make_self(const MixerConfig& config, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
