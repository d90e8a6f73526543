// Linear attention: a product of features in the place of the exponential, so that what all keys
// hold is summed once, and time grows with the length and not with its square.
// Katharopoulos, Vyas, Pappas, Fleuret 2020, "Transformers are RNNs: fast autoregressive
// transformers with linear attention", arXiv 2006.16236, equations 4 to 12.
//
//   phi(x) = elu(x) + 1                              above 0: x + 1 or e^x
//   y_i = phi(q_i) S_i / phi(q_i) . z_i,  then W_o
//   S_i = sum_j phi(k_j) v_j^T,   z_i = sum_j phi(k_j)            over all j; causal: j <= i
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     2 T C D multiply-adds and D^2 numbers a head; causal, in chunks of c tokens, T C (2 D +
//          2 c) and D^2 / c numbers a token. In decoding a state of D (D + 1) numbers a head,
//          however long the text.
// Differs  S has room for D directions: with more keys than that, values run into each other, and
//          phi is too blunt to tell similar keys apart (sharp it can never be). For long
//          texts of which the gist counts; not for finding one thing among many, and below some
//          hundreds of tokens softmax attention is faster.
// Limit    with features whose products are e^(q . k) it is softmax attention
//          (exact_exponential_features_are_softmax).
//
// The map is the matrix D^-1 phi(Q) phi(K)^T that the sums amount to: its rows are weights, >= 0
// and of sum 1. Options: chunk, the tokens of a chunk; 0: by the matrix, as the formula stands.
#pragma once

#include "attention/efficient/by_features.h"

namespace heed::inline HEED_REAL::attention {

struct LinearAttentionOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
  Index chunk = 32;  // see FeatureForm
};

class LinearAttention : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and the chunk is 0 or more.
  LinearAttention(const LinearAttentionOptions& options, Generator& rng);
  // Takes a state when it is causal: see mix_by_features().
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return form_.causal; }

 private:
  FeatureForm form_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
