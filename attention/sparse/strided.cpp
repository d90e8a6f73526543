#include "attention/sparse/strided.h"

#include <fmt/format.h>

#include <cstdlib>

#include "attention/entries.h"
#include "attention/sparse/blocks.h"

namespace heed::inline HEED_REAL::attention {

namespace {
constexpr const char* name = "strided";
}

Pattern strided(Index stride, bool is_causal) {
  if (stride < 1) {
    throw ValueError(fmt::format("[{}] the stride must be at least 1: {}", name, stride));
  }
  const Pattern both_ways(fmt::format("stride {}", stride), [stride](Index i, Index j) {
    return std::abs(i - j) < stride || (i - j) % stride == 0;
  });
  return is_causal ? both_ways & causal() : both_ways;
}

Strided::Strided(const StridedOptions& options, Generator& rng)
    : options_(options),
      pattern_(strided(options.stride, options.causal)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused,
                                                   .cache = options.causal,
                                                   .positions = options.positions},
                                 rng)) {}

Mixed Strided::mix(const MixerInput& input) const {
  return mix_patterned(name, project_, pattern_, input, [&](const Projected& at, const Mask& keys) {
    const Blocks blocks(at, keys, options_.stride, options_.causal);
    std::vector<AttentionPart> parts{blocks.window()};
    if (blocks.several()) parts.push_back(blocks.same_place());
    return blocks.sequence(attention_over_parts(parts));
  });
}

Mechanism strided_entry() {
  return {.name = name,
          .title = "Strided sparse attention",
          .what = "Each query sees the last l positions and every l-th before them.",
          .paper = "Child et al. 2019, arXiv 1904.10509",
          .file = "attention/sparse/strided.h",
          .limit = "strided_by_one_is_full_attention",
          .aliases = {"sparse"},
          .options = {{"stride", 3, "l: the window, and the step beyond it"}, positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "who is on the stride depends on the order"}},
              .pattern =
                  [](const MixerShape& shape, const OptionValues& options) {
                    return strided(options.whole("stride"), shape.causal);
                  },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Strided>(StridedOptions{.width = shape.width,
                                                                .heads = shape.heads,
                                                                .stride = options.whole("stride"),
                                                                .causal = shape.causal,
                                                                .positions = options.positions()},
                                                 rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "stride = 1",
                          .reason = "every position is on the stride",
                          .options = {{"stride", 1}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
