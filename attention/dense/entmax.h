// Adaptively sparse attention: alpha-entmax in the place of softmax, with a learned alpha a head.
// Correia, Niculae, Martins 2019, "Adaptively sparse Transformers", arXiv 1909.00015, section 3;
// entmax: Peters, Niculae, Martins 2019, arXiv 1905.05702; sparsemax: Martins, Astudillo 2016,
// arXiv 1602.02068.
//
//   p_ij = [(alpha_h - 1) s_ij - tau_i]_+^(1 / (alpha_h - 1)),   sum_j p_ij = 1
//   s_ij = q_i . k_j / sqrt(D),   y_i = sum_j p_ij v_j,   then W_o
//   alpha_h = 1.01 + 0.99 sigmoid(a_h)
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H, H numbers a.
// Cost     2 T S C multiply-adds as softmax attention, and about ten powers a score to find tau;
//          the weights, H T S numbers, are kept.
// Differs  a weight can be exactly 0, so a head can leave keys out, and how many is learned: from
//          alpha = 1 (softmax, all keys) to 2 (sparsemax, few). Where a weight is 0 no gradient
//          reaches its score. Not where time counts: zeros are computed like other numbers here.
// Limit    alpha towards 1 is softmax attention, alpha = 2 sparsemax
//          (entmax_runs_from_softmax_to_sparsemax).
//
// Options  alpha: 0 learns one a head; 1, 1.5, 2 or any other in [1, 2] stays as it is. In the
//          catalog: `adaptive-entmax`.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct EntmaxOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
  double alpha = 0;  // 0: learned
  Positions positions = Positions::none;
};

class Entmax : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and alpha is 0 or lies in [1, 2].
  Entmax(const EntmaxOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

  // Of each head, (H).
  Tensor alphas() const;

 private:
  EntmaxOptions options_;
  Pattern pattern_;
  Projections& project_;
  Tensor alpha_;  // a (H); undefined: not learned
};

}  // namespace heed::inline HEED_REAL::attention
