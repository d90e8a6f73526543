// Co-attention of dynamic co-attention networks (DCN): every item of each set is given what the
// other set says of it, from one matrix of scores read by rows and by columns.
// Xiong, Zhong, Socher 2016, "Dynamic coattention networks for question answering",
// arXiv 1611.01604, section 2.2.
//
//   b'_t = tanh(W b_t + v),   L_nt = a_n . b'_t
//   for each t:  beta  = softmax_n(L_nt),   of_b_t = sum_n beta_tn a_n
//   for each n:  alpha = softmax_t(L_nt),   of_a_n = sum_t alpha_nt [b'_t ; of_b_t]
//   A and B' have a learned item at their end, the sentinel: who finds nothing looks there
//
// Shapes   a (B, N, C), b (B, T, C) -> of_a (B, N, 2C), of_b (B, T, C); weights (B, N, T + 1) and
//          (B, T, N + 1), the last column for the sentinel.
// Cost     T C^2 for b', then 4 N T C multiply-adds; keeps two matrices of N T weights.
// Differs  from `co-attention` in that nothing is pooled: each item keeps a row, as in
//          cross-attention both ways, of which the second also carries what the first one found.
//          Both sides must have one width. Pool it afterwards where one vector is asked for.
// Limit    a B of one item without a sentinel gives every a_n that item and the one read for it
//          (dcn_of_one_question_gives_it_to_all).
//
// In the paper the sentinel of B goes through W and tanh like an item; here it is learned behind
// them. The recurrent encoders before and behind it are a model's own. In the catalog: `dcn`.
// Looked at (maps.h): alpha, then beta, (B, 1, N + 1, T + 1) and (B, 1, T + 1, N + 1).
#pragma once

#include "attention/core.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct DynamicCoAttentionOptions {
  Index width = 0;
  bool sentinels = true;
};

struct BothWays {
  Attended a;  // y (B, N, 2C), weights (B, N, T + 1), without sentinels (B, N, T)
  Attended b;  // y (B, T, C), weights (B, T, N + 1)
};

class DynamicCoAttention : public nn::Module {
 public:
  DynamicCoAttention(const DynamicCoAttentionOptions& options, Generator& rng);
  // `real_a` (B, N) and `real_b` (B, T) say which items are there; undefined: all. Throws
  // ShapeError.
  BothWays operator()(const Tensor& a, const Tensor& b, const Mask& real_a = {},
                      const Mask& real_b = {}) const;

 private:
  nn::Linear& project_;            // W, v
  Tensor sentinel_a_, sentinel_b_;  // (1, 1, C); undefined: none
};

}  // namespace heed::inline HEED_REAL::attention
