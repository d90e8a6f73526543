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
// evaluation the best key is taken. The rewards are known to whoever pays them, and so is what is
// to be subtracted from them: the layer only carries what was asked for.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// What is taken from a reward before it is paid, see hard/choice.h.
enum class Baseline { none, running, learned, optimal };

struct HardOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
  Baseline baseline = Baseline::running;
  bool enumerate = false;  // nothing is estimated: every key is paid for, by its probability
};

class Hard : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width.
  Hard(const HardOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

  const HardOptions& options() const { return options_; }
  // What is drawn from, with its gradient: (B, H, T, S).
  Tensor probabilities(const MixerInput& input) const;

 private:
  HardOptions options_;
  Pattern pattern_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
