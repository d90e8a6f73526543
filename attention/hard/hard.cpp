#include "attention/hard/hard.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/hard/choice.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

Hard::Hard(const HardOptions& options, Generator& rng)
    : options_(options),
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

Tensor Hard::probabilities(const MixerInput& input) const {
  const auto [q, k, v, mask] = project_.by_heads(input, pattern_);
  return softmax_over(shifted(scaled_dot(q, k)), mask);
}

namespace {

Baseline baseline_of(const OptionValues& options) {
  const Index asked = options.whole("baseline");
  if (asked >= 0 && asked <= 3) return static_cast<Baseline>(asked);
  throw ValueError(fmt::format(
      "[hard] baseline must be 0 (none), 1 (running), 2 (learned) or 3 (optimal): {}", asked));
}

}  // namespace

Mechanism hard_entry() {
  return {.name = "hard",
          .title = "Hard attention (REINFORCE)",
          .what = "Each query reads exactly one value, drawn from its weights.",
          .paper = "Xu et al. 2015, arXiv 1502.03044; Mnih et al. 2014, arXiv 1406.6247",
          .file = "attention/hard/hard.h",
          .limit = "hard_in_expectation_is_soft",
          .options = {{"baseline", 1,
                       "taken from the reward: 0 nothing, 1 a running mean, 2 learned, 3 optimal"},
                      {"enumerate", 0, "1: every key is paid for instead of one that is drawn"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .variable = true},
              .exempt = {{"U12", "a choice is one value at any temperature"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Hard>(HardOptions{.width = shape.width,
                                                          .heads = shape.heads,
                                                          .causal = shape.causal,
                                                          .baseline = baseline_of(options),
                                                          .enumerate = options["enumerate"] != 0},
                                              rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "in expectation, on the values",
                          .reason = "a value drawn by weights is, in the mean, their sum",
                          .test = "hard_in_expectation_is_soft"}}};
}

}  // namespace heed::inline HEED_REAL::attention
