#include "attention/readable.h"

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

Tensor readable_attention(const std::string& name, const Projected& at, const Mask& visible,
                          bool scaled, const WeightDropout& dropout) {
  const Index times = at.q.heads / at.k.heads;
  const Tensor q = heads_of(at.q);                                       // (B, H, T, D)
  const Tensor k = heads_of(at.k, times), v = heads_of(at.v, times);     // (B, H, S, D)
  const Tensor scores = shifted(biased(scaled ? scaled_dot(q, k) : dot(q, k), at.bias));
  // (B, H, T, S)
  Tensor weights = softmax_over(scores, visible);
  publish_map(name.c_str(), weights);
  if (dropout.draws) weights = heed::dropout(weights, dropout.p, *dropout.draws);
  return merge_heads(combine(weights, v));  // (B, T, C)
}

}  // namespace heed::inline HEED_REAL::attention
