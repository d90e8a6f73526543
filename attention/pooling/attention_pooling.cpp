#include "attention/pooling/attention_pooling.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

AttentionPoolingOptions completed(AttentionPoolingOptions options) {
  if (options.hidden == 0) options.hidden = options.width;
  return options;
}

}  // namespace

AttentionPooling::AttentionPooling(const AttentionPoolingOptions& options, Generator& rng)
    : options_(completed(options)),
      hidden_(child<nn::Linear>("hidden", options_.width, options_.hidden, rng)),
      query_(param("query", nn::fan_in_uniform({options_.hidden}, options_.hidden, rng))) {}

Pooled AttentionPooling::pool(const Tensor& h, const Mask& real) const {
  require_width("pooling", {.x = h}, options_.width);
  const Index batch = h.dim(0);
  const Index count = h.dim(1);
  const Tensor query = reshape(query_, {1, 1, options_.hidden});      // (1, 1, A)
  const Tensor keys = context_score(query, hidden_(h));               // (B, 1, N)
  const Tensor scores = shifted(reshape(keys, {batch, 1, 1, count}));  // (B, H, T, S), one of each
  const Tensor weights = softmax_over(scores, over_scores("pooling", h, real));
  publish_map("pooling", weights);
  const Tensor z = combine(reshape(weights, {batch, 1, count}), h);  // (B, 1, C)
  return {reshape(z, {batch, options_.width}), reshape(weights, {batch, count})};
}

Mixed AttentionPooling::mix(const MixerInput& input) const {
  refuse_context("pooling", input);
  refuse_state("pooling", input);
  require_width("pooling", input, options_.width);
  const Tensor z = pool(input.x, key_mask("pooling", input)).z;
  return {.y = reshape(z, {z.dim(0), 1, z.dim(1)})};
}

Mechanism pooling_entry() {
  return {.name = "pooling",
          .title = "Attention pooling",
          .what = "One vector for a bag: a mean whose weights are learned.",
          .paper = "Ilse et al. 2018, arXiv 1802.04712",
          .file = "attention/pooling/attention_pooling.h",
          .limit = "pooling_with_zero_query_is_mean",
          .aliases = {"context"},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true, .tokens = false},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<AttentionPooling>(
                    AttentionPoolingOptions{.width = shape.width}, rng);
              }},
          .reductions = {{.to = "mean",
                          .when = "w = 0",
                          .reason = "all scores are 0",
                          .test = "pooling_with_zero_query_is_mean"}}};
}

}  // namespace heed::inline HEED_REAL::attention
