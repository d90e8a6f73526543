#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

const std::vector<Row>& formulas() {
  static const std::vector<Row> all{
      {"multihead", multi_head},
      {"self", multi_head},
      {"cross", multi_head},
      {"causal", always_causal},
      {"scaled-dot", scaled_dot},
      {"dot", dot},
      {"multi-query", multi_query},
      {"grouped", grouped},
      {"doubly-stochastic", multi_head},
      {"additive", additive},
      {"cosine", cosine},
      {"bilinear", bilinear},
      {"kernel", gaussian},
      {"boxcar", boxcar},
      {"triangular", triangular},
      {"epanechnikov", epanechnikov},
      {"location", location},
      {"content-location", content_location},
      {"location-aware", location_aware},
      {"adaptive-entmax", entmax},
      {"output-gate", output_gate},
      {"gau", gau},
      {"local", local},
      {"local-p", local_predictive},
      {"axial", axial},
      {"strided", strided},
      {"fixed", fixed},
      {"global-tokens", global_tokens},
      {"top-k", top_k},
      {"hybrid", hybrid},
      {"global", global},
      {"local-m", local_monotonic},
      {"adaptive", adaptive_span},
      {"transformer-xl", transformer_xl},
      {"bert", multi_head},
      {"fnet", fnet},
      {"gfnet", gfnet},
      {"auto-correlation", auto_correlation},
      {"fedformer", fedformer},
      {"hard", hard},
      {"gumbel", gumbel},
      {"straight-through", straight_through},
      {"pooling", pooling},
      {"gated", gated_pooling},
      {"pma", seed_pooling},
      {"self-attentive", self_attentive},
  };
  return all;
}

}  // namespace heed_test::formula
