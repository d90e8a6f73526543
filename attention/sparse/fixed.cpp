#include "attention/sparse/fixed.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/sparse/blocks.h"

namespace heed::inline HEED_REAL::attention {

namespace {
constexpr const char* name = "fixed";
}

Pattern fixed_blocks(Index block, Index summaries, bool is_causal) {
  if (summaries < 1 || summaries > block) {
    throw ValueError(fmt::format("[{}] of a block of {}, 1 to {} can be summaries: {}", name, block,
                                 block, summaries));
  }
  const Pattern both_ways(fmt::format("blocks of {}, {} summaries", block, summaries),
                          [block, summaries](Index i, Index j) {
                            return i / block == j / block || j % block >= block - summaries;
                          });
  return is_causal ? both_ways & causal() : both_ways;
}

Fixed::Fixed(const FixedOptions& options, Generator& rng)
    : options_(options),
      pattern_(fixed_blocks(options.block, options.summaries, options.causal)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused,
                                                   .cache = options.causal,
                                                   .positions = options.positions},
                                 rng)) {
  if (options.summaries > 20) {
    throw ValueError(fmt::format("[{}] at most 20 summaries: {}", name, options.summaries));
  }
}

Mixed Fixed::mix(const MixerInput& input) const {
  return mix_patterned(name, project_, pattern_, input, [&](const Projected& at, const Mask& keys) {
    const Blocks blocks(at, keys, options_.block, options_.causal);
    std::vector<AttentionPart> parts{blocks.own_block()};
    for (Index i = 1; blocks.several() && i <= options_.summaries; ++i) {
      parts.push_back(blocks.at_place(options_.block - i));
    }
    return blocks.sequence(attention_over_parts(parts));
  });
}

Mechanism fixed_entry() {
  return {.name = name,
          .title = "Fixed sparse attention",
          .what = "Each query sees its own block, and the last positions of the others.",
          .paper = "Child et al. 2019, arXiv 1904.10509",
          .file = "attention/sparse/fixed.h",
          .limit = "fixed_blocks_of_one_are_full_attention",
          .options = {{"block", 4, "l: tokens in a block"},
                      {"summaries", 1, "c: of them, at its end, those that everybody sees"},
                      positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "who shares a block depends on the order"}},
              .pattern =
                  [](const MixerShape& shape, const OptionValues& options) {
                    return fixed_blocks(options.whole("block"), options.whole("summaries"),
                                        shape.causal);
                  },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Fixed>(FixedOptions{.width = shape.width,
                                                            .heads = shape.heads,
                                                            .block = options.whole("block"),
                                                            .summaries = options.whole("summaries"),
                                                            .causal = shape.causal,
                                                            .positions = options.positions()},
                                               rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "block = 1",
                          .reason = "every token is the summary of its block",
                          .options = {{"block", 1}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
