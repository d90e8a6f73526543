// Hard attention: each query reads exactly one value, drawn from its weights.
// Xu et al. 2015, "Show, attend and tell", arXiv 1502.03044, section 4.1; Mnih et al. 2014,
// "Recurrent models of visual attention", arXiv 1406.6247.
//
//   s_i ~ Cat(softmax_j(q_i . k_j / sqrt(D))),   y_i = v_{s_i}
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     T S C multiply-adds for the scores and as many for the values, which are picked by a
//          product with rows of one 1.
// Differs  y is one value and not a mean, so nothing flows from y to the scores: they learn by
//          REINFORCE from Mixed::log_probability (hard/choice.h), and a gradient check of y
//          against the scores must fail.
// Limit    in the mean over draws it is soft attention (hard_in_expectation_is_soft).
//
// In training every call draws anew from the layer's stream (nn::Module::seed_draws); in
// evaluation the best key is taken.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct HardOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
};

class Hard : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width.
  Hard(const HardOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return causal_; }

 private:
  bool causal_;
  Pattern pattern_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
