// Cosine attention: what counts is the angle between query and key, not how long they are.
// Graves, Wayne, Danihelka 2014, "Neural Turing machines", arXiv 1410.5401, equations 5 and 6 (by
// content, with a key strength); as layer of a Transformer with a learned scale Henry et al. 2020,
// arXiv 2010.04245, and, one scale a head, Liu et al. 2022 (Swin v2), arXiv 2111.09883, equation 2.
//
//   s_ij = g_h q_i . k_j / (|q_i| |k_j|),   y = softmax(s) V,   then W_o
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of D = C / H.
// Cost     that of softmax attention in its readable form, which keeps H T S numbers, and (T + S) C
//          more for the lengths.
// Differs  |s| <= g: no key wins by being long, and no score grows without bound. g is learned, as
//          its logarithm; while it is below log(S) the weights over S keys stay soft. Not where the
//          length of a key says how much it matters.
// Limit    for queries and keys of length 1 it is dot-product attention with scores times g
//          (cosine_of_unit_vectors_is_dot).
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct CosineOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
  double scale = 10;  // g at the start
  bool projections = true;  // false: q = x, k = v = context
  Positions positions = Positions::none;
};

class Cosine : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and the scale is above 0.
  Cosine(const CosineOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return causal_; }

 private:
  bool causal_;
  Pattern pattern_;
  Projections& project_;
  Tensor logit_scale_;  // log g (H, 1, 1)
};

}  // namespace heed::inline HEED_REAL::attention
