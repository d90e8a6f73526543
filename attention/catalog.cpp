#include "attention/catalog.h"

#include <array>

#include "attention/dense/additive.h"
#include "attention/dense/causal.h"
#include "attention/dense/cross.h"
#include "attention/dense/dot.h"
#include "attention/dense/multi_head.h"
#include "attention/dense/scaled_dot.h"
#include "attention/dense/self.h"
#include "attention/hard/hard.h"
#include "attention/normalizers.h"
#include "attention/pooling/attention_pooling.h"
#include "attention/scores.h"
#include "attention/sparse/local.h"

namespace heed::inline HEED_REAL::attention {

namespace {

Pattern full_or_causal(const MixerConfig& config) { return config.causal ? causal() : full(); }

Pattern always_causal(const MixerConfig&) { return causal(); }

Pattern banded(const MixerConfig& config) {
  return config.causal ? window(config.window) & causal() : window(config.window);
}

Tensor additive_with_ones(const Tensor& q, const Tensor& k) {
  return additive(q, k, Tensor::ones({q.dim(-1)}));
}

// What several rows have in common.
constexpr Capabilities over_one_sequence{
    .causal = true, .padding = true, .cache = true, .map = true, .variable = true};
constexpr Capabilities over_anything{.causal = true, .padding = true, .cross = true, .cache = true,
                                     .map = true, .variable = true};
constexpr Capabilities without_cache{
    .causal = true, .padding = true, .cross = true, .map = true, .variable = true};
constexpr Capabilities of_a_context{.causal = true, .padding = true, .cross = true, .map = true,
                                    .variable = true, .self = false};
constexpr Capabilities of_draws{.causal = true, .padding = true, .cross = true, .map = true,
                                .variable = true, .draws = true};
constexpr Capabilities of_pooling{.padding = true, .map = true, .variable = true, .pools = true};

// In the order of struct Row.
const std::array rows{
    Row{"multihead", "Multi-head attention", "dense", "Vaswani et al. 2017, arXiv 1706.03762",
        "attention/dense/multi_head.h", "heads", "multi_head_with_one_head_is_single_head",
        over_anything, make_multi_head, full_or_causal, scaled_dot, softmax_over},
    Row{"self", "Self-attention", "dense", "Cheng et al. 2016, arXiv 1601.06733",
        "attention/dense/self.h", "T2a", "self_of_one_token_is_linear",
        over_one_sequence, make_self, full_or_causal, scaled_dot, softmax_over},
    Row{"cross", "Cross-attention (general attention)", "dense",
        "Vaswani et al. 2017, arXiv 1706.03762, section 3.2.3",
        "attention/dense/cross.h", "T14", "cross_with_itself_is_self",
        of_a_context, make_cross, full_or_causal, scaled_dot, softmax_over, "general"},
    Row{"causal", "Causal (masked) attention", "dense",
        "Vaswani et al. 2017, arXiv 1706.03762; Radford et al. 2018",
        "attention/dense/causal.h", "free", "causal_first_row_attends_itself",
        over_one_sequence, make_causal, always_causal, scaled_dot, softmax_over, "masked"},
    Row{"scaled_dot", "Scaled dot-product attention", "dense",
        "Vaswani et al. 2017, arXiv 1706.03762, equation 1",
        "attention/dense/scaled_dot.h", "T2a", "scaled_dot_of_width_one_is_dot",
        over_anything, make_scaled_dot, full_or_causal, scaled_dot, softmax_over},
    Row{"dot", "Dot-product attention", "dense", "Luong et al. 2015, arXiv 1508.04025",
        "attention/dense/dot.h", "T13", "dot_with_scaled_queries_is_scaled_dot",
        over_anything, make_dot, full_or_causal, dot, softmax_over},
    Row{"additive", "Additive (soft) attention", "dense", "Bahdanau et al. 2014, arXiv 1409.0473",
        "attention/dense/additive.h", "T13", "additive_with_small_weights_ignores_query",
        without_cache, make_additive, full_or_causal, additive_with_ones, softmax_over, "soft"},
    Row{"local", "Local (sliding window) attention", "sparse",
        "Beltagy et al. 2020, arXiv 2004.05150",
        "attention/sparse/local.h", "T1", "local_is_full_when_window_covers",
        over_one_sequence, make_local, banded, scaled_dot, softmax_over, "window"},
    Row{"hard", "Hard attention (REINFORCE)", "hard",
        "Xu et al. 2015, arXiv 1502.03044; Mnih et al. 2014, arXiv 1406.6247",
        "attention/hard/hard.h", "T21", "hard_in_expectation_is_soft",
        of_draws, make_hard, full_or_causal, scaled_dot, softmax_over},
    Row{"pooling", "Attention pooling", "pooling", "Ilse et al. 2018, arXiv 1802.04712",
        "attention/pooling/attention_pooling.h", "T12", "pooling_with_zero_query_is_mean",
        of_pooling, make_pooling, full_or_causal, context_score, softmax_over},
};

}  // namespace

std::span<const Row> catalog() { return rows; }

}  // namespace heed::inline HEED_REAL::attention
