// Causal (masked) attention: nobody sees what comes later. The attention of every GPT.
// Vaswani et al. 2017, arXiv 1706.03762, section 3.2.3 (the decoder's mask); Radford et al. 2018.
//
//   y_i = sum_{j <= i} softmax_{j <= i}(q_i . k_j / sqrt(D)) v_j,  then W_o
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     T(T+1)/2 scores a head instead of T^2. Decoding with a state costs S scores a new token
//          and keeps 2 S C numbers.
// Differs  in what is visible only. Because the past does not change, a prefix gives the same
//          result alone as inside a longer text, and keys and values can be cached.
// Limit    the first row sees only itself, with weight 1 (causal_first_row_attends_itself).
//
// New tokens after a state of S - T seen ones are the last T queries (aligned bottom-right).
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// A MultiHead that looks back only.
std::unique_ptr<Mixer> make_causal(const MixerConfig& config, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
