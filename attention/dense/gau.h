// Gated attention unit: attention and the gated layer behind it in one, with a square in the place
// of the softmax.
// Hua, Dai, Liu, Le 2022, "Transformer quality in linear time", arXiv 2202.10447, section 2.2.
//
//   U = silu(x W_u + b_u),  V = silu(x W_v + b_v),  Z = silu(x W_z + b_z)
//   q = Z * g_q + b_q,  k = Z * g_k + b_k
//   a_ij = relu(q_i . k_j / sqrt(s))^2 / n_i,   n_i how many keys query i may see
//   y = (U * A V) W_o + b_o
//
// Shapes   x (B, T, C) -> y (B, T, C); U and V (B, T, E) with E = expansion * C, Z (B, T, s). One
//          head.
// Cost     T C (3 E + s) + T^2 (s + E) multiply-adds; keeps T^2 weights.
// Differs  a weight does not depend on the other keys but for their number: no key has to be looked
//          at, and several can be looked at in full. What is found is small in a long sequence with
//          one match, as the sum is divided by the keys that are seen. Takes neither context nor
//          state.
// Limit    with U = 1 it is attention of one head by squares (gau_with_an_open_gate_is_squares).
//
// Hua et al. divide the scores by the length of the sequence, and add a bias by distance; here they
// are divided by sqrt(s), the squares by the number of keys, so that padding changes nothing, and
// positions come with the tokens. g_q and g_k start at 1.
#pragma once

#include "attention/masks.h"
#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct GauOptions {
  Index width = 0;
  Index expansion = 2;  // E / C
  Index size = 0;       // s, of queries and keys; 0: the width
  bool causal = false;
};

class Gau : public Mixer {
 public:
  // Throws ValueError unless the expansion is at least 1 and the size not negative.
  Gau(const GauOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  GauOptions options_;
  Pattern pattern_;
  nn::Linear& gate_;                 // U
  nn::Linear& value_;                // V
  nn::Linear& shared_;               // Z
  Tensor query_scale_, query_bias_;  // g_q, b_q (s)
  Tensor key_scale_, key_bias_;      // g_k, b_k (s)
  nn::Linear& out_proj_;
};

}  // namespace heed::inline HEED_REAL::attention
