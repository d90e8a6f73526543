#include "examples/pytorch/attend.h"

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/projections.h"
#include "attention/readable.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL {

Tensor attend(const Heads& q, const Heads& k, const Heads& v, const AttentionOptions& options,
              const std::string& path) {
  using namespace attention;
  if (!looked_at()) return dot_product_attention(q, k, v, options);
  const Tensor scores = shifted(scaled_dot(heads_of(q), heads_of(k)));  // (B, H, T, S)
  const Mask visible =
      options.causal ? causal().expand(scores.dim(2), scores.dim(3)) : options.visible;
  const Tensor weights = softmax_over(scores, visible);
  publish_map("multihead", weights, MapKind::weights, path);
  return merge_heads(combine(weights, heads_of(v)));  // (B, T, H * D)
}

}  // namespace heed::inline HEED_REAL
