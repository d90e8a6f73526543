// Additive attention (Bahdanau; also "concat", "soft" attention): a small network scores each pair.
// Bahdanau, Cho, Bengio 2014, "Neural machine translation by jointly learning to align and
// translate", arXiv 1409.0473, section 3.1 and appendix A.1.2.
//
//   e_ij = v^T tanh(W_q q_i + W_k k_j),   a_i = softmax_j(e_ij),   c_i = sum_j a_ij k_j
//
// Shapes   q (B, T, Cq), memory (B, S, Ck) -> c (B, T, Ck); A hidden units.
// Cost     T S A additions, tanh and multiply-adds for the scores, T S Ck multiply-adds for the
//          values; the tensor of hidden units takes B T S A numbers. W_k k_j is made once a
//          memory, not once a step.
// Differs  in the score only: q and k may have different widths, and their interaction is not
//          bilinear.
// Limit    with small weights tanh is linear, and then the weights do not depend on the query
//          (additive_with_small_weights_ignores_query).
//
// The values are the memory itself: there is neither a value nor an output projection. A GRU
// decoder calls attend() once a step:
//
//   const Tensor keys = attention.keys(memory);                     // (B, S, A)
//   const Tensor c = attention.attend(state, keys, memory).y;       // (B, 1, Cq) -> (B, 1, Ck)
#pragma once

#include "attention/core.h"
#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct AdditiveOptions {
  Index query_width = 0;
  Index memory_width = 0;
  Index hidden = 0;     // A; 0: the memory's width
  bool causal = false;  // mix() only
};

class Additive : public Mixer {
 public:
  Additive(const AdditiveOptions& options, Generator& rng);

  // memory (B, S, Ck) -> (B, S, A).
  Tensor keys(const Tensor& memory) const;
  // q (B, T, Cq), keys (B, S, A) -> e (B, 1, T, S).
  Tensor scores(const Tensor& q, const Tensor& keys) const;
  // q (B, T, Cq), keys (B, S, A), memory (B, S, Ck) -> y (B, T, Ck), weights (B, 1, T, S).
  // `visible` broadcasts against the weights.
  Attended attend(const Tensor& q, const Tensor& keys, const Tensor& memory,
                  const Mask& visible = {}) const;

  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  AdditiveOptions options_;
  nn::Linear& query_;
  nn::Linear& key_;
  Tensor score_;  // v (A)
};

}  // namespace heed::inline HEED_REAL::attention
