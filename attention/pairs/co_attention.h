// Co-attention: two sets are pooled at once, each guided by the other.
// Lu, Yang, Batra, Parikh 2016, "Hierarchical question-image co-attention for visual question
// answering", arXiv 1606.00061, section 3.3: parallel, equations 3 to 5, alternating, equation 6.
//
//   parallel      F_nt = tanh(a_n^T W b_t)
//                 A_n = W_a a_n + v_a,  B_t = W_b b_t + v_b
//                 alpha = softmax_n(w_a . tanh(A_n + sum_t F_nt B_t)),  a = sum alpha_n a_n
//                 beta  = softmax_t(w_b . tanh(B_t + sum_n F_nt A_n)),  b = sum beta_t b_t
//   alternating   pool(X; g) = sum_i softmax_i(w . tanh(W_x x_i + v_x + W_g g)) x_i
//                 s = pool(B; nothing),  a = pool(A; s),  b = pool(B; a)
//   The biases v are in the authors' code and not in the paper: by them an item hears that it fits,
//   whatever it is that it fits.
//
// Shapes   A (B, N, Ca), B (B, T, Cb) -> a (B, Ca), b (B, Cb), weights (B, N) and (B, T).
// Cost     parallel N Ca Cb + N T (Cb + 2 H) + (N Ca + T Cb) H multiply-adds, H hidden units, and
//          N T numbers kept; alternating (N Ca + 2 T Cb) H, nothing that grows with N T.
// Differs  from cross-attention by what comes out: one vector for each set, and no row for each
//          query. In parallel, items meet in pairs, so a set can be asked which of its items occurs
//          in the other; alternating, a set hears of the other only what one vector says. Where
//          one side is a single question take `additive`: its guide is enough.
// Limit    W = 0 is two independent poolings (co_attention_without_affinity_is_two_poolings); a B
//          of one item is question-guided attention (one_item_guides_the_other_set); one set
//          silent, alternating is pooling of the other (alternating_beside_zeros_is_pooling).
//
// In the catalog: `co-attention` and `co-attention-alternating`. Permuting A permutes alpha and
// leaves beta, and the other way round. Looked at (maps.h): alpha (B, 1, 1, N) and beta
// (B, 1, 1, T); alternating, first the weights over B of its first step.
#pragma once

#include "attention/pooling/attention_pooling.h"

namespace heed::inline HEED_REAL::attention {

struct CoAttentionOptions {
  Index width_a = 0;
  Index width_b = 0;  // 0: width_a
  Index hidden = 0;   // 0: width_a
  // B is pooled without looking at A, and still guides it: guided attention. Of the parallel form.
  bool one_way = false;
};

struct CoAttended {
  Pooled a;  // z (B, Ca), weights (B, N)
  Pooled b;  // z (B, Cb), weights (B, T)
};

class CoAttention : public nn::Module {
 public:
  CoAttention(const CoAttentionOptions& options, Generator& rng);
  // `real_a` (B, N) and `real_b` (B, T) say which items are there; undefined: all. Throws
  // ShapeError.
  CoAttended operator()(const Tensor& a, const Tensor& b, const Mask& real_a = {},
                        const Mask& real_b = {}) const;

 private:
  CoAttentionOptions options_;
  Tensor affinity_;           // W (Ca, Cb)
  nn::Linear& of_a_;          // W_a, v_a
  nn::Linear& of_b_;          // W_b, v_b
  Tensor query_a_, query_b_;  // w_a, w_b (H)
};

class AlternatingCoAttention : public nn::Module {
 public:
  // Throws ValueError when it is one-way.
  AlternatingCoAttention(const CoAttentionOptions& options, Generator& rng);
  // As CoAttention.
  CoAttended operator()(const Tensor& a, const Tensor& b, const Mask& real_a = {},
                        const Mask& real_b = {}) const;

 private:
  // The weights of one step: W_x, W_g, w.
  struct Step {
    nn::Linear& items;
    nn::Linear* guide;
    Tensor query;
  };
  Step step(const char* name, Index width, Index guide, Generator& rng);
  static Pooled pool(const Step& step, const Tensor& x, const Tensor& guide, const Mask& real);

  CoAttentionOptions options_;
  Step first_, a_, b_;
};

}  // namespace heed::inline HEED_REAL::attention
