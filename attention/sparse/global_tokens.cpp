#include "attention/sparse/global_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/readable.h"
#include "attention/scores.h"
#include "attention/sparse/patterned.h"
#include "autograd/ops.h"
#include "autograd/ops/attention_parts.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "global-tokens";

// (B, 1, 1, T), or undefined.
Mask over_queries(const Mask& keys) {
  return keys.defined() ? keys.reshape({keys.dim(0), 1, 1, keys.dim(1)}) : keys;
}

// The global tokens, which see all: (B, g, C).
Tensor see_all(const GlobalTokensOptions& options, const Apart& all, const Mask& keys, Index g) {
  // Looking back only, they see each other only.
  const Index seen = options.causal ? g : all.k.dim(1);
  const Index size = options.width / options.heads;
  Mask visible = over_queries(keys);
  if (visible.defined()) visible = slice(visible, -1, 0, seen);
  return dot_product_attention({slice(all.q, 1, 0, g), 0, options.heads, size},
                               {slice(all.k, 1, 0, seen), 0, options.heads, size},
                               {slice(all.v, 1, 0, seen), 0, options.heads, size},
                               {.causal = options.causal, .visible = visible});
}

// The global tokens that lie outside the window of the others: (B or 1, 1, T - g, g).
Mask beyond_window(const GlobalTokensOptions& options, const Mask& keys, Index g, Index tokens) {
  const Index batch = keys.defined() ? keys.dim(0) : 1;
  std::vector<std::uint8_t> visible;
  for (Index b = 0; b < batch; ++b) {
    for (Index i = g; i < tokens; ++i) {
      for (Index j = 0; j < g; ++j) {
        visible.push_back(i - j > options.window && (!keys.defined() || keys[b * tokens + j]));
      }
    }
  }
  return Mask({batch, 1, tokens - g, g}, std::move(visible));
}

// The others: (B, T - g, C).
Tensor see_window_and_globals(const GlobalTokensOptions& options, const Apart& all,
                              const Mask& keys, Index g) {
  const Index tokens = all.q.dim(1);
  const Tensor q = slice(all.q, 1, g, tokens);
  std::vector<AttentionPart> parts{{q, all.k, all.v, options.heads,
                                    {.causal = options.causal,
                                     .window = options.window,
                                     .visible = over_queries(keys)}}};
  if (g > 0) {
    parts.push_back({q, slice(all.k, 1, 0, g), slice(all.v, 1, 0, g), options.heads,
                     {.visible = beyond_window(options, keys, g, tokens)}});
  }
  return attention_over_parts(parts);
}

const char* name_of(const GlobalTokensOptions& options) {
  return options.own ? "longformer" : name;
}

ProjectionOptions projections_of(const GlobalTokensOptions& options) {
  if (options.own && (options.causal || options.positions != Positions::none)) {
    throw ValueError("[longformer] it is not causal, and takes no positions");
  }
  return {.width = options.width,
          .heads = options.heads,
          .context = Context::refused,
          .cache = options.causal,
          .positions = options.positions};
}

// All pairs, for who looks and for masks of single queries: the first g queries and what they see
// from projections of their own. The heads come back side by side, (B, T, C).
Tensor by_the_matrix(const Projected& global, const Projected& others, Index g,
                     const Mask& visible) {
  const Tensor q = heads_of(others.q), k = heads_of(others.k), v = heads_of(others.v);
  const Tensor own_q = heads_of(global.q), own_k = heads_of(global.k), own_v = heads_of(global.v);
  const Index tokens = q.dim(2);
  const Tensor scores = concat({scaled_dot(slice(own_q, 2, 0, g), own_k),
                                scaled_dot(slice(q, 2, g, tokens), k)},
                               2);  // (B, H, T, T)
  const Tensor weights = softmax_over(shifted(scores), visible);
  publish_map("longformer", weights);
  return merge_heads(concat({combine(slice(weights, 2, 0, g), own_v),
                             combine(slice(weights, 2, g, tokens), v)},
                            2));
}

// Both kinds of tokens, each from its projections: (B, T, C).
Tensor over_tokens(const GlobalTokensOptions& options, const Apart& global, const Apart& others,
                   const Mask& keys) {
  const Index tokens = others.q.dim(1), g = std::min(options.globals, tokens);
  std::vector<Tensor> made;
  if (g > 0) made.push_back(see_all(options, global, keys, g));
  if (g < tokens || made.empty()) made.push_back(see_window_and_globals(options, others, keys, g));
  return concat(made, 1);
}

}  // namespace

Pattern with_global_tokens(Index window, Index globals, bool is_causal) {
  if (window < 0 || globals < 0) {
    throw ValueError(fmt::format("[{}] neither window nor globals may be negative: {}, {}", name,
                                 window, globals));
  }
  const Pattern both_ways(fmt::format("window {}, {} global", window, globals),
                          [window, globals](Index i, Index j) {
                            return std::abs(i - j) <= window || i < globals || j < globals;
                          });
  return is_causal ? both_ways & causal() : both_ways;
}

GlobalTokens::GlobalTokens(const GlobalTokensOptions& options, Generator& rng)
    : options_(options),
      pattern_(with_global_tokens(options.window, options.globals, options.causal)),
      project_(part<Projections>(name_of(options), projections_of(options), rng)) {
  if (!options.own) return;
  ProjectionOptions own = projections_of(options);
  own.output = false;
  of_globals_ = &child<Projections>("global", name_of(options), own, rng);
}

Mixed GlobalTokens::mix(const MixerInput& input) const {
  if (of_globals_ != nullptr) return mix_of_two(input);
  return mix_patterned(name, project_, pattern_, input, [&](const Projected& at, const Mask& keys) {
    const Apart all = apart(at);
    return over_tokens(options_, all, all, keys);
  });
}

// Those of the global tokens and those of all others.
Mixed GlobalTokens::mix_of_two(const MixerInput& input) const {
  const Projected others = project_(input), global = (*of_globals_)(input);
  const Index batch = input.x.dim(0), tokens = input.x.dim(1);
  const bool of_keys = !input.mask.defined() || input.mask.shape() == Shape{batch, 1, 1, tokens};
  if (looked_at() || !of_keys) {
    const Index g = std::min(options_.globals, tokens);
    return {.y = project_.output(
                by_the_matrix(global, others, g, visible(pattern_, input, tokens)))};
  }
  const Mask keys = input.mask.defined() ? input.mask.reshape({batch, tokens}) : input.mask;
  return {.y = project_.output(over_tokens(options_, apart(global), apart(others), keys))};
}

Mechanism global_tokens_entry() {
  return {.name = name,
          .title = "Local attention with global tokens",
          .what = "A window for everybody, and a few first tokens that see all and are seen.",
          .paper = "Zaheer et al. 2020, arXiv 2007.14062",
          .file = "attention/sparse/global_tokens.h",
          .limit = "all_tokens_global_is_full_attention",
          .options = {{"window", 2, "positions seen to each side"},
                      {"globals", 1, "tokens at the start that see all and are seen by all"},
                      positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "who is near, and who is global, depends on the order"}},
              .pattern =
                  [](const MixerShape& shape, const OptionValues& options) {
                    return with_global_tokens(options.whole("window"), options.whole("globals"),
                                              shape.causal);
                  },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<GlobalTokens>(
                    GlobalTokensOptions{.width = shape.width,
                                        .heads = shape.heads,
                                        .window = options.whole("window"),
                                        .globals = options.whole("globals"),
                                        .causal = shape.causal,
                                        .positions = options.positions()},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "globals >= T",
                          .reason = "every token sees all and is seen by all",
                          .options = {{"globals", 9}}},
                         {.to = "local",
                          .when = "globals = 0",
                          .reason = "the window is left",
                          .options = {{"globals", 0}, {"window", 1}},
                          .to_options = {{"window", 1}}}}};
}

Mechanism longformer_entry() {
  return {.name = "longformer",
          .title = "Longformer: global tokens with projections of their own",
          .what = "A window for everybody, and a few first tokens that see all through queries, "
                  "keys and values of their own.",
          .paper = "Beltagy et al. 2020, arXiv 2004.05150",
          .file = "attention/sparse/global_tokens.h",
          .limit = "longformer_with_equal_projections_is_global_tokens",
          .options = {{"window", 2, "positions seen to each side"},
                      {"globals", 1, "tokens at the start that see all and are seen by all"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true},
              .exempt = {{"U4", "who is near, and who is global, depends on the order"},
                         {"U16", "global tokens read values of their own"}},
              .pattern =
                  [](const MixerShape& shape, const OptionValues& options) {
                    return with_global_tokens(options.whole("window"), options.whole("globals"),
                                              shape.causal);
                  },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<GlobalTokens>(
                    GlobalTokensOptions{.width = shape.width,
                                        .heads = shape.heads,
                                        .window = options.whole("window"),
                                        .globals = options.whole("globals"),
                                        .own = true,
                                        .causal = shape.causal},
                    rng);
              }},
          .reductions = {{.to = "local",
                          .when = "globals = 0",
                          .reason = "the window is left",
                          .options = {{"globals", 0}, {"window", 1}},
                          .to_options = {{"window", 1}}},
                         {.to = "global-tokens",
                          .when = "own projections = the others",
                          .reason = "global tokens ask as everybody does",
                          .test = "longformer_with_equal_projections_is_global_tokens"}}};
}

}  // namespace heed::inline HEED_REAL::attention
