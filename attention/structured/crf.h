// Structured attention over a linear chain: each token is in or out, and neighbours have a say.
// Kim, Denton, Hoang, Rush 2017, "Structured attention networks", arXiv 1702.00887, sections 3.1
// (segmentation attention) and 3.3 (forward-backward as a layer).
//
//   s_t = w^T tanh(V h_t)
//   p(z) ~ exp(sum_t s_t z_t + sum_t P[z_{t+1}, z_t]),   z_t = 1: token t is in
//   a_t = p(z_t = 1),   y = sum_t a_t h_t
//
// Shapes   h (B, N, C) -> y (B, C), weights (B, N); A hidden units, P (2, 2).
// Cost     N C A + N A + N C multiply-adds, and forward-backward: 8 N exponentials, one token after
//          the other, where softmax has N side by side.
// Differs  each weight is a probability of its own, so they sum to the number of tokens that are
//          expected to be in, and y is the expected sum over those. Tokens that lie together are
//          chosen together once P likes neighbours alike; softmax can only weigh each by itself.
//          Not for choosing one token: there softmax is what the same reasoning gives
//          (a_chain_that_chooses_one_token_is_softmax).
// Limit    P = 0: a_t = sigmoid(s_t) (without_pairs_every_token_is_a_sigmoid).
//
// P begins at 0. Absent tokens are stepped over.
//
// In the catalog: `crf`.
#pragma once

#include "attention/pooling/attention_pooling.h"
#include "attention/structured/linear_chain.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct CrfOptions {
  Index width = 0;
  Index hidden = 0;  // A; 0: the width
};

class Crf : public Mixer {
 public:
  Crf(const CrfOptions& options, Generator& rng);

  // `real` (B, N) says which tokens are there; undefined: all. Throws ShapeError.
  Pooled pool(const Tensor& h, const Mask& real = {}) const;
  // The most likely z as a whole, (B, N): 1 is in, 0 out, -1 absent.
  Indices segments(const Tensor& h, const Mask& real = {}) const;
  // The same as pool() as a mixer: y (B, 1, C).
  Mixed mix(const MixerInput& input) const override;

 private:
  Chain chain(const Tensor& h, const Mask& real) const;

  CrfOptions options_;
  nn::Linear& hidden_;  // V
  Tensor query_;        // w (A)
  Tensor pairs_;        // P (2, 2): [next, here]
};

}  // namespace heed::inline HEED_REAL::attention
