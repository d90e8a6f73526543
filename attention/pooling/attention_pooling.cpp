#include "attention/pooling/attention_pooling.h"

#include <fmt/format.h>

#include <utility>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

AttentionPoolingOptions completed(const std::string& name, AttentionPoolingOptions options) {
  nn::check_positive(name.c_str(), {{"width", options.width}});
  if (options.hidden == 0) options.hidden = options.width;
  return options;
}

template <bool gated>
MixerTraits traits() {
  return {.can = {.padding = true, .map = true, .variable = true, .tokens = false},
          .pattern = full_or_causal,
          .make = [](const MixerShape& shape, const OptionValues&,
                     Generator& rng) -> std::unique_ptr<Mixer> {
            return std::make_unique<AttentionPooling>(
                AttentionPoolingOptions{.width = shape.width, .gated = gated}, rng,
                gated ? "gated" : "pooling");
          }};
}

}  // namespace

Pooled pool_by_scores(const char* name, const Tensor& scores, const Tensor& h, const Mask& real) {
  const Index batch = h.dim(0), count = h.dim(1), width = h.dim(2);
  const Tensor asked = shifted(reshape(scores, {batch, 1, 1, count}));  // (B, H, T, S)
  const Tensor weights = softmax_over(asked, over_scores(name, h, real));
  publish_map(name, weights);
  const Tensor z = combine(reshape(weights, {batch, 1, count}), h);  // (B, 1, C)
  return {reshape(z, {batch, width}), reshape(weights, {batch, count})};
}

AttentionPooling::AttentionPooling(const AttentionPoolingOptions& options, Generator& rng,
                                   std::string name)
    : name_(std::move(name)),
      options_(completed(name_, options)),
      hidden_(child<nn::Linear>("hidden", options_.width, options_.hidden, rng)),
      query_(param("query", nn::fan_in_uniform({options_.hidden}, options_.hidden, rng))) {
  if (options_.gated) gate_ = &child<nn::Linear>("gate", options_.width, options_.hidden, rng);
}

// (B, N, C) -> (B, 1, N)
Tensor AttentionPooling::scores(const Tensor& h) const {
  const Tensor query = reshape(query_, {1, 1, options_.hidden});  // (1, 1, A)
  if (gate_ == nullptr) return context_score(query, hidden_(h));
  return dot(query, tanh(hidden_(h)) * sigmoid((*gate_)(h)));
}

Pooled AttentionPooling::pool(const Tensor& h, const Mask& real) const {
  require_width(name_.c_str(), {.x = h}, options_.width);
  return pool_by_scores(name_.c_str(), scores(h), h, real);
}

Mixed AttentionPooling::mix(const MixerInput& input) const {
  const char* const name = name_.c_str();
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  const Tensor z = pool(input.x, key_mask(name, input)).z;
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
          .mixer = traits<false>(),
          .reductions = {{.to = "mean",
                          .when = "w = 0",
                          .reason = "all scores are 0",
                          .test = "pooling_with_zero_query_is_mean"}}};
}

Mechanism gated_entry() {
  return {.name = "gated",
          .title = "Gated attention pooling",
          .what = "Attention pooling whose hidden units are opened and shut by a gate.",
          .paper = "Ilse et al. 2018, arXiv 1802.04712, equation 9",
          .file = "attention/pooling/attention_pooling.h",
          .limit = "a_gate_without_weights_halves_the_query",
          .mixer = traits<true>(),
          .reductions = {{.to = "pooling",
                          .when = "gate bias = 50",
                          .reason = "a gate that is open lets everything through",
                          .held = {{"gate.bias", 50}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
