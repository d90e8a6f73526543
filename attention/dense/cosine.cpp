#include "attention/dense/cosine.h"

#include <fmt/format.h>

#include <cmath>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "cosine";

}  // namespace

Cosine::Cosine(const CosineOptions& options, Generator& rng)
    : causal_(options.causal),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(
          name, ProjectionOptions{.width = options.width,
                                  .heads = options.heads,
                                  .apply = options.projections,
                                  .positions = options.positions}, rng)) {
  if (!(options.scale > 0)) {
    throw ValueError(fmt::format("[{}] scale must be above 0: {}", name, options.scale));
  }
  const auto start = static_cast<Real>(std::log(options.scale));
  logit_scale_ = param("logit_scale", Tensor::full({options.heads, 1, 1}, start));
}

Mixed Cosine::mix(const MixerInput& input) const {
  const auto [q, k, v, mask, bias] = project_.placed_by_heads(input, pattern_);
  const Tensor scores = shifted(biased(cosine(q, k) * exp(logit_scale_), bias));  // (B, H, T, S)
  const Tensor weights = softmax_over(scores, mask);
  publish_map(name, weights);
  return {.y = project_.merge(combine(weights, v))};
}

Mechanism cosine_entry() {
  return {.name = name,
          .title = "Cosine attention",
          .what = "Scores are cosines times a learned scale: lengths of queries and keys do not "
                  "count.",
          .paper = "Graves et al. 2014, arXiv 1410.5401; Henry et al. 2020, arXiv 2010.04245",
          .file = "attention/dense/cosine.h",
          .limit = "cosine_of_unit_vectors_is_dot",
          .options = {{"scale", 10, "what cosines are multiplied with at the start"},
                      {"projections", 1, "0: queries and keys as they come, and values like keys"},
                      positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Cosine>(CosineOptions{.width = shape.width,
                                                              .heads = shape.heads,
                                                              .causal = shape.causal,
                                                              .scale = options["scale"],
                                                              .projections =
                                                                  options["projections"] != 0,
                                                              .positions = options.positions()},
                                                rng);
              }},
          .reductions = {{.to = "dot",
                          .when = "queries and keys of length 1, g = 1",
                          .reason = "the cosine of vectors of length 1 is their product",
                          .held = {{"in_proj_weight", 1, true},
                                   {"in_proj_bias", 0},
                                   {"logit_scale", 0}},
                          .unit_tokens = true,
                          .heads = 1}}};
}

}  // namespace heed::inline HEED_REAL::attention
