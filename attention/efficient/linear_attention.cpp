#include "attention/efficient/linear_attention.h"

#include "attention/entries.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "linear";

Tensor phi(const Tensor& x) { return elu(x) + 1; }

}  // namespace

LinearAttention::LinearAttention(const LinearAttentionOptions& options, Generator& rng)
    : form_(checked_form(name, {.causal = options.causal, .chunk = options.chunk})),
      project_(part<Projections>(
          name, ProjectionOptions{.width = options.width, .heads = options.heads}, rng)) {}

Mixed LinearAttention::mix(const MixerInput& input) const {
  return mix_by_features(name, form_, {.of_queries = phi, .of_keys = phi}, project_, input);
}

Mechanism linear_attention_entry() {
  return {.name = name,
          .title = "Linear attention",
          .what = "Products of features: what all keys hold is summed once, for every query.",
          .paper = "Katharopoulos et al. 2020, arXiv 2006.16236",
          .file = "attention/efficient/linear_attention.h",
          .limit = "exact_exponential_features_are_softmax",
          .options = {{"chunk", 32, "tokens of a chunk where it is causal; 0: the whole matrix"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<LinearAttention>(
                    LinearAttentionOptions{.width = shape.width,
                                           .heads = shape.heads,
                                           .causal = shape.causal,
                                           .chunk = options.whole("chunk")},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "features of the exponential kernel",
                          .reason = "their products are the e^(q . k) that softmax divides",
                          .test = "exact_exponential_features_are_softmax"}}};
}

}  // namespace heed::inline HEED_REAL::attention
