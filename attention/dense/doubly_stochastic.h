// Doubly stochastic attention: a penalty on soft weights that wants every key to be read once.
// Xu et al. 2015, "Show, attend and tell", arXiv 1502.03044, section 4.2.1, equation 14.
//
//   penalty = sum_j (1 - sum_t a_tj)^2
//
// Shapes   a (..., T, S) -> (...), to be averaged, weighted and added to the loss.
// Cost     T S additions on top of softmax attention in its readable form, which keeps H T S
//          numbers.
// Differs  the rows of a sum to 1 as ever; this pulls the columns towards 1 as well. Not for
//          sources with much that nobody needs to read.
// Limit    a permutation matrix costs nothing (permutation_matrix_is_doubly_stochastic); with T
//          queries and S keys no weights cost less than (T - S)^2 / S.
//
// As a mixer: multi-head attention whose result brings the penalty along, averaged over batch and
// heads, as Mixed::auxiliary.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// `real`, broadcast against (..., S), says which keys count; undefined: all. Throws ShapeError
// unless the weights have two axes.
Tensor doubly_stochastic_penalty(const Tensor& weights, const Mask& real = {});

struct DoublyStochasticOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
  double penalty = 1;  // its weight in the loss
  Positions positions = Positions::none;
};

class DoublyStochastic : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and the weight is not negative.
  DoublyStochastic(const DoublyStochasticOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  DoublyStochasticOptions options_;
  Pattern pattern_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
