#include "attention/sparse/hybrid.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "hybrid";

HybridOptions checked(const HybridOptions& options) {
  const Index global = options.global_heads;
  if (global < 0 || global > options.heads || options.window < 0) {
    throw ValueError(fmt::format("[{}] 0 to {} heads can be global, and the window must not be "
                                 "negative: {}, {}",
                                 name, options.heads, global, options.window));
  }
  return options;
}

// Some of the heads, from the first on.
Heads some(const Heads& all, Index first, Index count) {
  return {all.source, all.offset + first * all.size, count, all.size};
}

// The same of a mask that speaks of each head; others stay as they are.
Mask some(const Mask& mask, Index first, Index count) {
  const bool by_head = mask.defined() && mask.shape().rank() == 4 && mask.dim(1) > 1;
  return by_head ? slice(mask, 1, first, first + count) : mask;
}

// The same of what is added to the scores.
Tensor some(const Tensor& bias, Index first, Index count) {
  return bias.defined() ? slice(bias, -3, first, first + count) : bias;
}

// -1: half of them, the odd one too.
Index global_heads(const MixerShape& shape, const OptionValues& options) {
  const Index asked = options.whole("global_heads");
  return asked == -1 ? (shape.heads + 1) / 2 : asked;
}

}  // namespace

Hybrid::Hybrid(const HybridOptions& options, Generator& rng)
    : options_(checked(options)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused,
                                                   .cache = options.causal,
                                                   .positions = options.positions},
                                 rng)) {}

// (1, H, T, S), with the caller's mask.
Mask Hybrid::visible_by_head(const MixerInput& input, Index keys) const {
  const Index queries = input.x.dim(1);
  const Mask global = banded(options_.causal, -1).expand(queries, keys);
  const Mask local = banded(options_.causal, options_.window).expand(queries, keys);
  std::vector<Mask> heads;
  for (Index h = 0; h < options_.heads; ++h) {
    heads.push_back(h < options_.global_heads ? global : local);
  }
  const Mask own = stack(heads, 0).reshape({1, options_.heads, queries, keys});
  return input.mask.defined() ? own & input.mask : own;
}

Mixed Hybrid::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  if (looked_at()) {
    const Mask seen = visible_by_head(input, at.k.source.dim(1));
    return {.y = project_.output(readable_attention(name, at, seen)), .state = at.state};
  }
  const auto attended = [&](Index first, Index count, Index window) {
    return dot_product_attention(some(at.q, first, count), some(at.k, first, count),
                                 some(at.v, first, count),
                                 {.causal = options_.causal,
                                  .window = window,
                                  .visible = some(input.mask, first, count),
                                  .bias = some(at.bias, first, count)});
  };
  const Index global = options_.global_heads, local = options_.heads - global;
  std::vector<Tensor> heads;  // (B, T, G D) and (B, T, (H - G) D)
  if (global > 0) heads.push_back(attended(0, global, -1));
  if (local > 0) heads.push_back(attended(global, local, options_.window));
  return {.y = project_.output(concat(heads, 2)), .state = at.state};
}

Mechanism hybrid_entry() {
  return {.name = name,
          .title = "Hybrid attention (local and global heads)",
          .what = "Some heads see everything, the others a window, in one layer.",
          .paper = "Zaheer et al. 2020, arXiv 2007.14062; Arora et al. 2024, arXiv 2402.18668",
          .file = "attention/sparse/hybrid.h",
          .limit = "hybrid_with_all_heads_global_is_multi_head",
          .options = {{"window", 3, "positions that a local head sees to each side"},
                      {"global_heads", -1, "heads that see everything; -1: half of them"},
                      positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "who is near depends on the order"},
                         {"U12", "each head has a mean of its own, over what it sees"}},
              .pattern =
                  [](const MixerShape& shape, const OptionValues& options) {
                    const bool global = global_heads(shape, options) > 0;
                    return banded(shape.causal, global ? -1 : options.whole("window"));
                  },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Hybrid>(
                    HybridOptions{.width = shape.width,
                                  .heads = shape.heads,
                                  .global_heads = global_heads(shape, options),
                                  .window = options.whole("window"),
                                  .causal = shape.causal,
                                  .positions = options.positions()},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "global_heads = H",
                          .reason = "every head sees everything",
                          .options = {{"global_heads", 2}}},
                         {.to = "local",
                          .when = "global_heads = 0",
                          .reason = "every head has the window",
                          .options = {{"global_heads", 0}, {"window", 1}},
                          .to_options = {{"window", 1}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
