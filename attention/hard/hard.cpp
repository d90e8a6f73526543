#include "attention/hard/hard.h"

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/hard/choice.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

Hard::Hard(const HardOptions& options, Generator& rng)
    : causal_(options.causal),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>("hard",
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .packed = false,
                                                   .output = false},
                                 rng)) {}

Mixed Hard::mix(const MixerInput& input) const {
  const auto [q, k, v, mask] = project_.by_heads(input, pattern_);
  const Tensor scores = shifted(scaled_dot(q, k));  // (B, H, T, S)
  const Choice choice = training() ? draw(scores, mask, draws()) : strongest(scores, mask);
  publish_map("hard", choice.weights);
  const Tensor y = project_.merge(combine(choice.weights, v));  // (B, T, C)
  return {.y = y, .log_probability = choice.log_probability};
}

Mechanism hard_entry() {
  return {.name = "hard",
          .title = "Hard attention (REINFORCE)",
          .what = "Each query reads exactly one value, drawn from its weights.",
          .paper = "Xu et al. 2015, arXiv 1502.03044; Mnih et al. 2014, arXiv 1406.6247",
          .file = "attention/hard/hard.h",
          .limit = "hard_in_expectation_is_soft",
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .variable = true},
              .exempt = {{"U12", "a choice is one value at any temperature"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Hard>(
                    HardOptions{
                        .width = shape.width, .heads = shape.heads, .causal = shape.causal},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "in expectation, on the values",
                          .reason = "a value drawn by weights is, in the mean, their sum",
                          .test = "hard_in_expectation_is_soft"}}};
}

}  // namespace heed::inline HEED_REAL::attention
