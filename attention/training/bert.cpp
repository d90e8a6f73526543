#include "attention/training/bert.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/entries.h"

namespace heed::inline HEED_REAL::attention {

namespace {

void check(const Indices& tokens, const MaskingOptions& options, const Mask& candidates) {
  const auto is_share = [](double share) { return share >= 0 && share <= 1; };
  if (!is_share(options.chosen) || !is_share(options.masked) || !is_share(options.random) ||
      options.masked + options.random > 1) {
    throw ValueError(fmt::format("[mask_tokens] shares must be in [0, 1], masked and random at "
                                 "most 1 together: chosen {}, masked {}, random {}",
                                 options.chosen, options.masked, options.random));
  }
  if (options.vocabulary < 1) {
    throw ValueError(
        fmt::format("[mask_tokens] vocabulary must be at least 1: {}", options.vocabulary));
  }
  if (candidates.defined() && candidates.shape() != tokens.shape()) {
    throw ShapeError(fmt::format("[mask_tokens] candidates must have the shape of the tokens {}: "
                                 "got {}",
                                 tokens.shape().str(), candidates.shape().str()));
  }
}

// The places of one row that are asked for.
std::vector<Index> chosen_of(const std::vector<Index>& candidates, const MaskingOptions& options,
                             Generator& rng) {
  std::vector<Index> chosen;
  for (const Index place : candidates) {
    if (rng.uniform() < options.chosen) chosen.push_back(place);
  }
  if (!chosen.empty() || !options.at_least_one) return chosen;
  if (candidates.empty()) {
    throw ValueError("[mask_tokens] at least one token a row, and a row has no candidate");
  }
  return {candidates[static_cast<std::size_t>(
      rng.below(static_cast<std::int32_t>(candidates.size())))]};
}

}  // namespace

MaskedTokens mask_tokens(const Indices& tokens, const MaskingOptions& options, Generator& rng,
                         const Mask& candidates) {
  check(tokens, options, candidates);
  std::vector<std::int32_t> read(tokens.values().begin(), tokens.values().end());
  std::vector<std::int32_t> labels(read.size(), options.not_asked);
  const Index length = tokens.shape()[-1];
  for (Index start = 0; start < tokens.size(); start += length) {
    std::vector<Index> may;
    for (Index at = start; at < start + length; ++at) {
      if (!candidates.defined() || candidates[at]) may.push_back(at);
    }
    for (const Index place : chosen_of(may, options, rng)) {
      const auto at = static_cast<std::size_t>(place);
      labels[at] = read[at];
      const double fate = rng.uniform();
      if (fate < options.masked) {
        read[at] = options.mask_token;
      } else if (fate < options.masked + options.random) {
        read[at] = rng.below(static_cast<std::int32_t>(options.vocabulary));
      }
    }
  }
  return {Indices(tokens.shape(), std::move(read)), Indices(tokens.shape(), std::move(labels))};
}

Mechanism bert_entry() {
  return {.name = "bert",
          .title = "BERT: bidirectional attention and hidden tokens",
          .what = "Every token sees both sides, and learns from tokens that were hidden.",
          .paper = "Devlin et al. 2018, arXiv 1810.04805",
          .file = "attention/training/bert.h",
          .limit = "bert_with_a_causal_mask_is_gpt",
          .options = {positions_option()},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const MultiHeadOptions heads{.width = shape.width,
                                             .heads = shape.heads,
                                             .context = Context::refused,
                                             .positions = options.positions()};
                return std::make_unique<MultiHead>(heads, rng, "bert");
              }},
          .reductions = {{.to = "self", .reason = "what is hidden is hidden before attention"}}};
}

}  // namespace heed::inline HEED_REAL::attention
