// Bilinear attention (Luong's "general" score): a matrix between query and key.
// Luong, Pham, Manning 2015, "Effective approaches to attention-based neural machine translation",
// arXiv 1508.04025, section 3.1, equation 8; of low rank: Kim, Jun, Zhang 2018, "Bilinear attention
// networks", arXiv 1805.07932, section 2.
//
//   e_ij = q_i^T W m_j,   a_i = softmax_j(e_ij),   c_i = sum_j a_ij m_j
//   of rank r: W = U V^T, that is e_ij = (U^T q_i) . (V^T m_j)
//
// Shapes   q (B, T, Cq), memory (B, S, Ck) -> c (B, T, Ck); W (Cq, Ck), or U (Cq, r) and V (Ck, r).
// Cost     T Cq Ck multiply-adds for q W, T S Ck each for scores and values; with a rank
//          (T Cq + S Ck) r and T S r for the scores. Keeps B T S weights.
// Differs  queries and keys may live in spaces of different widths, which W joins. The values are
//          the memory itself, as in a decoder: there is neither a value nor an output projection.
//          Not inside a Transformer block: W_q W_k^T is such a matrix already.
// Limit    W = I is the dot product, W = I / sqrt(D) the scaled one
//          (bilinear_with_the_unit_matrix_is_dot).
#pragma once

#include "attention/core.h"

namespace heed::inline HEED_REAL::attention {

struct BilinearOptions {
  Index query_width = 0;
  Index memory_width = 0;
  Index rank = 0;  // r; 0: W as it is
  bool causal = false;
};

class Bilinear : public Mixer {
 public:
  // Throws ValueError when the rank is negative.
  Bilinear(const BilinearOptions& options, Generator& rng);

  // q (B, T, Cq), memory (B, S, Ck) -> y (B, T, Ck), weights (B, 1, T, S). `visible` broadcasts
  // against the weights.
  Attended attend(const Tensor& q, const Tensor& memory, const Mask& visible = {}) const;

  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  BilinearOptions options_;
  Tensor weight_;        // W
  Tensor left_, right_;  // U, V
};

}  // namespace heed::inline HEED_REAL::attention
