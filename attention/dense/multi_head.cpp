#include "attention/dense/multi_head.h"

#include <utility>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

MultiHead::MultiHead(const MultiHeadOptions& options, Generator& rng, std::string name)
    : name_(std::move(name)),
      options_(options),
      pattern_(banded(options.causal, options.window)),
      project_(part<Projections>(name_,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .kv_heads = options.kv_heads,
                                                   .context = options.context,
                                                   .cache = options.causal,
                                                   .unit_start = options.unit_start},
                                 rng)) {}

Mixed MultiHead::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  Tensor y;
  if (looked_at()) {
    const Mask seen = visible(pattern_, input, at.k.source.dim(1));
    y = readable_attention(name_, at, seen, options_.scaled);  // (B, T, C)
  } else {  // the same, tile by tile, without the matrix of weights
    y = dot_product_attention(at.q, at.k, at.v,
                              {.scale = options_.scaled ? 0.0 : 1.0,
                               .causal = options_.causal,
                               .window = options_.window,
                               .visible = input.mask});  // (B, T, C)
  }
  return {.y = project_.output(y), .state = at.state};
}

Mechanism multi_head_entry() {
  return {.name = "multihead",
          .title = "Multi-head attention",
          .what = "Several softmax attentions side by side, each in a slice of the width.",
          .paper = "Vaswani et al. 2017, arXiv 1706.03762",
          .file = "attention/dense/multi_head.h",
          .limit = "multi_head_with_one_head_is_single_head",
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<MultiHead>(
                    MultiHeadOptions{
                        .width = shape.width, .heads = shape.heads, .causal = shape.causal},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
