#include "attention/dense/gau.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/one_head.h"
#include "attention/scores.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "gau";

GauOptions completed(GauOptions options) {
  nn::check_positive(name, {{"width", options.width}});
  if (options.expansion < 1 || options.size < 0) {
    throw ValueError(fmt::format("[{}] the expansion must be at least 1 and the size not negative: "
                                 "{}, {}",
                                 name, options.expansion, options.size));
  }
  if (options.size == 0) options.size = options.width;
  return options;
}

Tensor first_output(const GauOptions& options, Generator& rng) {
  const Index found = options.expansion * options.width;
  return nn::fan_in_uniform({options.width, found}, found, rng);
}

// relu(s)^2 over the number of visible keys; a query that sees nothing gets weights of 0.
Tensor squares_over(const Tensor& scores, const Mask& visible) {
  const Tensor squares = square(relu(scores));  // (B, 1, T, S)
  if (!visible.defined()) return squares / static_cast<double>(scores.dim(-1));
  const Tensor count = sum(to_tensor(visible), {-1}, true);
  return where(visible, squares, 0.0) / where(count > 0, count, 1.0);
}

}  // namespace

Gau::Gau(const GauOptions& options, Generator& rng)
    : options_(completed(options)),
      pattern_(banded(options.causal, -1)),
      gate_(child<nn::Linear>("gate", options.width, options.expansion * options.width, rng)),
      value_(child<nn::Linear>("value", options.width, options.expansion * options.width, rng)),
      shared_(child<nn::Linear>("shared", options.width, options_.size, rng)),
      query_scale_(param("query_scale", Tensor::ones({options_.size}))),
      query_bias_(param("query_bias", Tensor::zeros({options_.size}))),
      key_scale_(param("key_scale", Tensor::ones({options_.size}))),
      key_bias_(param("key_bias", Tensor::zeros({options_.size}))),
      out_proj_(child<nn::Linear>("out_proj", first_output(options, rng),
                                  Tensor::zeros({options.width}))) {}

Mixed Gau::mix(const MixerInput& input) const {
  refuse_context(name, input);
  const Memory memory = memory_of(name, input, options_.width, options_.width, options_.causal);
  const Tensor z = silu(shared_(input.x));  // (B, T, s)
  const Tensor q = z * query_scale_ + query_bias_, k = z * key_scale_ + key_bias_;
  const Tensor scores = shifted(scaled_dot(with_head(q), with_head(k)));  // (B, 1, T, T)
  const Attended seen =
      read_memory(name, squares_over(scores, memory.visible), silu(value_(input.x)));
  return {.y = out_proj_(silu(gate_(input.x)) * seen.y)};
}

Mechanism gau_entry() {
  return {.name = name,
          .title = "Gated attention unit (GAU)",
          .what = "Squares instead of a softmax, and a gate on what was found.",
          .paper = "Hua et al. 2022, arXiv 2202.10447",
          .file = "attention/dense/gau.h",
          .limit = "gau_with_an_open_gate_is_squares",
          .options = {{"expansion", 2, "width of values and gate, in widths"},
                      {"size", 0, "s, of queries and keys; 0: the width"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .map = true, .variable = true},
              .exempt = {{"U2", "squares over the number of keys do not sum to 1"},
                         {"U9", "a square grows with its score"},
                         {"U12", "there is no temperature: weights do not compete"},
                         {"U16", "each query opens the way by a gate of its own"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Gau>(GauOptions{.width = shape.width,
                                                        .expansion = options.whole("expansion"),
                                                        .size = options.whole("size"),
                                                        .causal = shape.causal},
                                             rng);
              }},
          .reductions = {{.to = "attention by squares",
                          .when = "U = 1",
                          .reason = "a gate of 1 lets everything through",
                          .test = "gau_with_an_open_gate_is_squares"}}};
}

}  // namespace heed::inline HEED_REAL::attention
