#include "attention/readable.h"

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

Tensor readable_attention(const std::string& name, const Projected& at, const Mask& visible,
                          bool scaled) {
  const Tensor q = heads_of(at.q), k = heads_of(at.k), v = heads_of(at.v);  // (B, H, T or S, D)
  const Tensor scores = shifted(scaled ? scaled_dot(q, k) : dot(q, k));     // (B, H, T, S)
  const Tensor weights = softmax_over(scores, visible);
  publish_map(name.c_str(), weights);
  return merge_heads(combine(weights, v));  // (B, T, C)
}

}  // namespace heed::inline HEED_REAL::attention
