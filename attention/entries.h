// The entries of the catalog, each defined in the .cpp of its mechanism.
#pragma once

#include "attention/mechanism.h"

namespace heed::inline HEED_REAL::attention {

// attention/dense
Mechanism multi_head_entry();
Mechanism self_entry();
Mechanism cross_entry();
Mechanism causal_entry();
Mechanism scaled_dot_entry();
Mechanism dot_entry();
Mechanism multi_query_entry();
Mechanism grouped_entry();
Mechanism doubly_stochastic_entry();
Mechanism additive_entry();
Mechanism cosine_entry();
Mechanism bilinear_entry();
Mechanism kernel_entry();
Mechanism boxcar_entry();
Mechanism triangular_entry();
Mechanism epanechnikov_entry();
Mechanism location_entry();
Mechanism content_location_entry();
Mechanism location_aware_entry();
Mechanism entmax_entry();
Mechanism sentinel_entry();
Mechanism output_gate_entry();
Mechanism gau_entry();
// attention/sparse
Mechanism local_entry();
Mechanism local_predictive_entry();
Mechanism axial_entry();
Mechanism strided_entry();
Mechanism fixed_entry();
Mechanism global_tokens_entry();
Mechanism top_k_entry();
Mechanism hybrid_entry();
Mechanism global_entry();
Mechanism local_monotonic_entry();
Mechanism adaptive_span_entry();
// attention/frequency
Mechanism fnet_entry();
Mechanism gfnet_entry();
Mechanism auto_correlation_entry();
Mechanism fedformer_entry();
// attention/hard
Mechanism hard_entry();
Mechanism gumbel_entry();
Mechanism straight_through_entry();
// attention/graph
Mechanism gat_entry();
Mechanism gatv2_entry();
// attention/memory
Mechanism transformer_xl_entry();
// attention/training
Mechanism bert_entry();
Mechanism adversarial_entry();
Mechanism vat_entry();
Mechanism adversarial_maps_entry();
// attention/pooling
Mechanism pooling_entry();
Mechanism gated_entry();
Mechanism seed_pooling_entry();
Mechanism self_attentive_entry();
Mechanism hierarchical_entry();
// attention/pairs
Mechanism co_attention_entry();
Mechanism co_attention_alternating_entry();
Mechanism dcn_entry();

}  // namespace heed::inline HEED_REAL::attention
