#include "attention/pooling/self_attentive.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/pooling/key_mask.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "self-attentive";

SelfAttentiveOptions completed(SelfAttentiveOptions options) {
  nn::check_positive(name, {{"width", options.width}});
  if (options.hops < 1 || !(options.penalty >= 0)) {
    throw ValueError(fmt::format("[{}] there must be a hop, and the penalty must not be negative: "
                                 "got {}, {}",
                                 name, options.hops, options.penalty));
  }
  if (options.hidden == 0) options.hidden = options.width;
  return options;
}

}  // namespace

Tensor redundancy_penalty(const Tensor& weights) {
  if (weights.rank() < 2) {
    throw ShapeError(fmt::format("[redundancy_penalty] weights must be (..., K, N): got {}",
                                 weights.shape().str()));
  }
  const Tensor alike = matmul(weights, transpose(weights));  // (..., K, K)
  return sum(square(alike - Tensor::eye(weights.dim(-2))), {-2, -1});
}

SelfAttentive::SelfAttentive(const SelfAttentiveOptions& options, Generator& rng)
    : options_(completed(options)),
      hidden_(child<nn::Linear>("hidden", options_.width, options_.hidden, rng, {.bias = false})),
      hops_(child<nn::Linear>("hops", options_.hidden, options_.hops, rng, {.bias = false})) {}

Hops SelfAttentive::pool(const Tensor& h, const Mask& real) const {
  require_width(name, {.x = h}, options_.width);
  const Tensor asked = transpose(hops_(tanh(hidden_(h))));  // (B, K, N)
  const Tensor scores = shifted(unsqueeze(asked, 1));       // (B, H, K, N) of one head
  const Tensor weights = softmax_over(scores, over_scores(name, h, real));
  publish_map(name, weights);
  const Tensor of_hops = squeeze(weights, 1);  // (B, K, N)
  return {combine(of_hops, h), of_hops};
}

Mixed SelfAttentive::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  const Hops hops = pool(input.x, key_mask(name, input));
  const Tensor penalty = mean(redundancy_penalty(hops.weights));
  return {.y = hops.z, .auxiliary = penalty * options_.penalty};
}

Mechanism self_attentive_entry() {
  return {.name = name,
          .title = "Self-attentive pooling",
          .what = "A few vectors for a sequence, with a penalty on looking at the same tokens.",
          .paper = "Lin et al. 2017, arXiv 1703.03130",
          .file = "attention/pooling/self_attentive.h",
          .limit = "one_hop_is_attention_pooling",
          .options = {{"hops", 4, "K, vectors"}, {"penalty", 1, "its weight in the loss"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true, .tokens = false},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<SelfAttentive>(
                    SelfAttentiveOptions{.width = shape.width,
                                         .hops = options.whole("hops"),
                                         .penalty = options["penalty"]},
                    rng);
              }},
          .reductions = {{.to = "pooling",
                          .when = "one hop, no bias",
                          .reason = "one question is asked of the same hidden units",
                          .test = "one_hop_is_attention_pooling"}}};
}

}  // namespace heed::inline HEED_REAL::attention
