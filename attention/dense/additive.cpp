#include "attention/dense/additive.h"

#include "attention/entries.h"
#include "attention/one_head.h"
#include "attention/scores.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

AdditiveOptions completed(AdditiveOptions options) {
  if (options.hidden == 0) options.hidden = options.memory_width;
  return options;
}

}  // namespace

Additive::Additive(const AdditiveOptions& options, Generator& rng)
    : options_(completed(options)),
      query_(child<nn::Linear>("query", options_.query_width, options_.hidden, rng)),
      key_(child<nn::Linear>("key", options_.memory_width, options_.hidden, rng,
                             nn::LinearOptions{.bias = false})),
      score_(param("score", nn::fan_in_uniform({options_.hidden}, options_.hidden, rng))) {}

Tensor Additive::keys(const Tensor& memory) const { return key_(memory); }

Tensor Additive::scores(const Tensor& q, const Tensor& keys) const {
  return additive(with_head(query_(q)), with_head(keys), score_);
}

Attended Additive::attend(const Tensor& q, const Tensor& keys, const Tensor& memory,
                          const Mask& visible) const {
  return attend_by_scores("additive", scores(q, keys), memory, visible);
}

Mixed Additive::mix(const MixerInput& input) const {
  const Memory memory =
      memory_of("additive", input, options_.query_width, options_.memory_width, options_.causal);
  return {.y = attend(input.x, keys(memory.of), memory.of, memory.visible).y};
}

Mechanism additive_entry() {
  return {.name = "additive",
          .title = "Additive (soft) attention",
          .what = "A small network scores each pair of a query and a key.",
          .paper = "Bahdanau et al. 2014, arXiv 1409.0473",
          .file = "attention/dense/additive.h",
          .limit = "additive_with_small_weights_ignores_query",
          .aliases = {"soft"},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Additive>(AdditiveOptions{.query_width = shape.width,
                                                                  .memory_width = shape.width,
                                                                  .causal = shape.causal},
                                                  rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
