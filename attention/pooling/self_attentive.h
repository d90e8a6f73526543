// Self-attentive pooling: several vectors for a sequence, each a mean with weights of its own, and
// a penalty that wants these weights to differ.
// Lin et al. 2017, "A structured self-attentive sentence embedding", arXiv 1703.03130, equations 6
// and 8.
//
//   A = softmax over the tokens of W_2 tanh(W_1 H^T),   M = A H
//   penalty = |A A^T - I|^2, the squares of all elements added up
//
// Shapes   h (B, N, C) -> M (B, K, C), weights (B, K, N); K hops, A hidden units. The penalty
//          (B), averaged and weighted, is Mixed::auxiliary.
// Cost     N C A + K N A + K N C multiply-adds, and K^2 N for the penalty.
// Differs  from pooling by the number of questions and by having no biases; from `pma` in that the
//          questions share one hidden layer and nothing follows them. One hop with a penalty is
//          pulled towards a single token, since |a|^2 is 1 for nothing else: leave it out there.
// Limit    one hop is attention pooling without a bias (one_hop_is_attention_pooling).
//
// In the catalog: `self-attentive`.
#pragma once

#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// |A A^T - I|^2 of weights (..., K, N) -> (...): 0 only where each hop looks at one token, and no
// two at the same one. Throws ShapeError unless the weights have two axes.
Tensor redundancy_penalty(const Tensor& weights);

struct SelfAttentiveOptions {
  Index width = 0;
  Index hidden = 0;    // A; 0: the width
  Index hops = 4;      // K
  double penalty = 1;  // its weight in the loss
};

struct Hops {
  Tensor z;        // (B, K, C)
  Tensor weights;  // (B, K, N)
};

class SelfAttentive : public Mixer {
 public:
  // Throws ValueError unless there is a hop and the penalty is not negative.
  SelfAttentive(const SelfAttentiveOptions& options, Generator& rng);

  // `real` (B, N) says which tokens are there; undefined: all. Throws ShapeError.
  Hops pool(const Tensor& h, const Mask& real = {}) const;
  // The same as a mixer: y (B, K, C), with the penalty.
  Mixed mix(const MixerInput& input) const override;

 private:
  SelfAttentiveOptions options_;
  nn::Linear& hidden_;  // W_1
  nn::Linear& hops_;    // W_2
};

}  // namespace heed::inline HEED_REAL::attention
