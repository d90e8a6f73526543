#include "attention/dense/multi_head.h"

#include <fmt/format.h>

#include <utility>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

namespace {

const MultiHeadOptions& checked(const std::string& name, const MultiHeadOptions& options) {
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw ValueError(fmt::format("[{}] dropout must be in [0, 1): {}", name, options.dropout));
  }
  if (options.cache_context && (options.causal || options.window >= 0)) {
    throw ValueError(fmt::format(
        "[{}] causality and windows count positions, which a context in a state does not share "
        "with the queries",
        name));
  }
  return options;
}

}  // namespace

MultiHead::MultiHead(const MultiHeadOptions& options, Generator& rng, std::string name)
    : name_(std::move(name)),
      options_(checked(name_, options)),
      pattern_(banded(options.causal, options.window)),
      project_(part<Projections>(name_,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .kv_heads = options.kv_heads,
                                                   .kdim = options.kdim,
                                                   .vdim = options.vdim,
                                                   .context = options.context,
                                                   .cache = options.causal,
                                                   .cache_context = options.cache_context,
                                                   .bias = options.bias,
                                                   .apply = options.projections,
                                                   .unit_start = options.unit_start,
                                                   .positions = options.positions},
                                 rng)) {}

Mixed MultiHead::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const bool drops = training() && options_.dropout > 0;
  Tensor y;
  if (looked_at() || drops) {
    const Mask seen = visible(pattern_, input, at.k.source.dim(1));
    const WeightDropout dropout{options_.dropout, drops ? &draws() : nullptr};
    y = readable_attention(name_, at, seen, options_.scaled, dropout);  // (B, T, C)
  } else {  // the same, tile by tile, without the matrix of weights
    y = dot_product_attention(at.q, at.k, at.v,
                              {.scale = options_.scaled ? 0.0 : 1.0,
                               .causal = options_.causal,
                               .window = options_.window,
                               .visible = input.mask,
                               .bias = at.bias});  // (B, T, C)
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
          .options = {positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<MultiHead>(
                    MultiHeadOptions{.width = shape.width,
                                     .heads = shape.heads,
                                     .causal = shape.causal,
                                     .positions = options.positions()},
                    rng);
              }},
          .reductions = {{.to = "scaled-dot",
                          .when = "one head",
                          .reason = "the slice of the only head is the whole width",
                          .heads = 1}}};
}

}  // namespace heed::inline HEED_REAL::attention
