// Attention pooling: one vector for a bag of instances, as a weighted mean whose weights are
// learned.
// Ilse, Tomczak, Welling 2018, "Attention-based deep multiple instance learning",
// arXiv 1802.04712, equation 8.
//
//   a_k = softmax_k(w^T tanh(V h_k)),   z = sum_k a_k h_k
//
// Shapes   h (B, N, C) -> z (B, C), weights (B, N); A hidden units.
// Cost     N C A + N A + N C multiply-adds: linear in the bag's size.
// Differs  there is one query, it is learned (w), and it is the same for every bag: a question
//          asked of the set ("context" attention). Permuting the instances changes nothing.
// Limit    w = 0 is mean pooling (pooling_with_zero_query_is_mean).
#pragma once

#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct Pooled {
  Tensor z;        // (B, C)
  Tensor weights;  // (B, N)
};

struct AttentionPoolingOptions {
  Index width = 0;
  Index hidden = 0;  // A; 0: the width
};

class AttentionPooling : public Mixer {
 public:
  AttentionPooling(const AttentionPoolingOptions& options, Generator& rng);

  // `real` (B, N) says which instances are there; undefined: all. Throws ShapeError.
  Pooled pool(const Tensor& h, const Mask& real = {}) const;
  // The same as a mixer: y (B, 1, C).
  Mixed mix(const MixerInput& input) const override;

 private:
  AttentionPoolingOptions options_;
  nn::Linear& hidden_;  // V
  Tensor query_;        // w (A)
};

}  // namespace heed::inline HEED_REAL::attention
