#include "attention/dense/output_gate.h"

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "output-gate";

}  // namespace

OutputGate::OutputGate(const OutputGateOptions& options, Generator& rng)
    : causal_(options.causal),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .cache = options.causal},
                                 rng)),
      gate_(child<nn::Linear>("gate", options.width, options.width, rng)) {}

Mixed OutputGate::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  Tensor found;  // (B, T, C)
  if (looked_at()) {
    const Mask seen = visible(banded(causal_, -1), input, at.k.source.dim(1));
    found = readable_attention(name, at, seen);
  } else {
    found = dot_product_attention(at.q, at.k, at.v, {.causal = causal_, .visible = input.mask});
  }
  return {.y = project_.output(sigmoid(gate_(input.x)) * found), .state = at.state};
}

Mechanism output_gate_entry() {
  return {.name = name,
          .title = "Multi-head attention with an output gate",
          .what = "What the heads found is let through or not, as the query says.",
          .paper = "Qiu et al. 2025, arXiv 2505.06708",
          .file = "attention/dense/output_gate.h",
          .limit = "an_open_output_gate_is_multi_head",
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U16", "each query opens the way by a gate of its own"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<OutputGate>(
                    OutputGateOptions{
                        .width = shape.width, .heads = shape.heads, .causal = shape.causal},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "gate bias = 50",
                          .reason = "a gate that is open lets everything through",
                          .held = {{"gate.bias", 50}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
