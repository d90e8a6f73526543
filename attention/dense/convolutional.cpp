#include "attention/dense/convolutional.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* of_two = "conv-qk";
constexpr const char* of_three = "conv-qkv";

ConvQKOptions checked(const ConvQKOptions& options) {
  if (options.window >= 1) return options;
  throw ValueError(
      fmt::format("[{}] a window holds at least the token itself: {}", of_two, options.window));
}

ConvQKVOptions checked(const ConvQKVOptions& options) {
  if (options.window < 1 || options.window % 2 == 0) {
    throw ValueError(fmt::format("[{}] a window has a cell in its middle, so its side is odd: {}",
                                 of_three, options.window));
  }
  if (options.columns >= 1) return options;
  throw ValueError(
      fmt::format("[{}] a grid has at least one column: {}", of_three, options.columns));
}

// A window for each channel, with a 1 at one place: what comes out is what lies there.
Tensor one_at(Index place, const Shape& windows) {
  const Index channels = windows[0], size = windows.size() / channels;
  std::vector<Real> taps(static_cast<std::size_t>(windows.size()));
  for (Index c = 0; c < channels; ++c) taps[static_cast<std::size_t>(c * size + place)] = 1;
  return {windows, taps};
}

// x with 0 for the tokens that the mask hides, which windows would read otherwise. With a state the
// mask speaks of earlier tokens first.
Tensor shown(const char* name, const MixerInput& input) {
  if (!input.mask.defined()) return input.x;
  const Index batch = input.x.dim(0), fresh = input.x.dim(1);
  const Index keys = fresh + (input.state ? input.state->seen : 0);
  if (input.mask.shape() != Shape{batch, 1, 1, keys}) {
    throw ShapeError(fmt::format("[{}] the mask must say which of the {} tokens are real, as "
                                 "({}, 1, 1, {}): got {}\nhint: windows read tokens, whoever asks",
                                 name, keys, batch, keys, input.mask.shape().str()));
  }
  const Mask real = slice(input.mask, 3, keys - fresh, keys);  // (B, 1, 1, T)
  return input.x * to_tensor(real.reshape({batch, fresh, 1}));
}

// (B, W - 1 + T, C) under windows that end at each of the last T tokens -> (B, T, C).
Tensor looking_back(const Tensor& tokens, const Tensor& window) {
  if (tokens.dim(1) < window.dim(2)) return slice(tokens, 1, 0, 0);  // T = 0: no window ends
  const Tensor channels = transpose(tokens);  // (B, C, W - 1 + T)
  return transpose(conv1d(channels, window, {}, {.groups = window.dim(0)}));
}

}  // namespace

ConvQK::ConvQK(const ConvQKOptions& options, Generator& rng)
    : options_(checked(options)),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(
          of_two, ProjectionOptions{.width = options.width, .heads = options.heads}, rng)) {
  const Shape windows{options.width, 1, options.window};
  query_window_ = param("query_window.weight", one_at(options.window - 1, windows));
  key_window_ = param("key_window.weight", one_at(options.window - 1, windows));
}

void ConvQK::require_own_state(const MixerInput& input) const {
  if (!input.state || input.state->tensors.empty()) return;
  const std::vector<Tensor>& held = input.state->tensors;
  const char* const hint = "hint: a state belongs to one layer and one batch";
  if (held.size() != 3) {
    throw ShapeError(fmt::format("[{}] the state holds {} tensors instead of keys, values and "
                                 "tokens\n{}",
                                 of_two, held.size(), hint));
  }
  const Index batch = input.x.dim(0), width = options_.width;
  const Shape past{batch, input.state->seen, width}, last{batch, options_.window - 1, width};
  if (held[0].shape() == past && held[1].shape() == past && held[2].shape() == last) return;
  throw ShapeError(fmt::format("[{}] the state holds keys {}, values {} and tokens {}, the input "
                               "is {}\n{}",
                               of_two, held[0].shape().str(), held[1].shape().str(),
                               held[2].shape().str(), input.x.shape().str(), hint));
}

// The W - 1 tokens before x in front of it: (B, W - 1 + T, C).
Tensor ConvQK::with_past(const MixerInput& input, const Tensor& x) const {
  const Index before = options_.window - 1;
  if (!input.state || input.state->tensors.empty()) return pad(x, 1, before, 0);
  return concat({input.state->tensors[2], x}, 1);
}

Mixed ConvQK::mix(const MixerInput& input) const {
  refuse_context(of_two, input);
  if (!options_.causal) refuse_state(of_two, input);
  require_width(of_two, input, options_.width);
  require_own_state(input);
  const Tensor x = shown(of_two, input);
  const Tensor tokens = with_past(input, x);
  Projected at = project_({.x = looking_back(tokens, query_window_),
                           .context = looking_back(tokens, key_window_),
                           .values = x});
  Mixed mixed;
  if (input.state) {
    if (!input.state->tensors.empty()) {
      at.k.source = append(input.state->tensors[0], at.k.source, 1);  // (B, S, C)
      at.v.source = append(input.state->tensors[1], at.v.source, 1);
    }
    const Index all = tokens.dim(1);
    mixed.state = MixerState{
        {at.k.source, at.v.source, slice(tokens, 1, all - options_.window + 1, all)},
        input.state->seen + x.dim(1)};
  }
  Tensor y;
  if (looked_at()) {
    y = readable_attention(of_two, at, visible(pattern_, input, at.k.source.dim(1)));
  } else {
    y = dot_product_attention(at.q, at.k, at.v,
                              {.causal = options_.causal, .visible = input.mask});
  }
  mixed.y = project_.output(y);  // (B, T, C)
  return mixed;
}

ConvQKV::ConvQKV(const ConvQKVOptions& options, Generator& rng)
    : options_(checked(options)),
      heads_(part<MultiHead>(MultiHeadOptions{.width = options.width, .heads = options.heads}, rng,
                             of_three)) {
  const Index side = options.window, middle = side * side / 2;
  const Shape windows{options.width, 1, side, side};
  query_window_ = param("query_window.weight", one_at(middle, windows));
  key_window_ = param("key_window.weight", one_at(middle, windows));
  value_window_ = param("value_window.weight", one_at(middle, windows));
}

Mixed ConvQKV::mix(const MixerInput& input) const {
  refuse_context(of_three, input);
  refuse_state(of_three, input);
  require_width(of_three, input, options_.width);
  const Index batch = input.x.dim(0), tokens = input.x.dim(1), width = options_.width;
  const Index columns = options_.columns, rows = (tokens + columns - 1) / columns;
  const Tensor x = pad(shown(of_three, input), 1, 0, rows * columns - tokens);
  const Tensor grid = reshape(transpose(x), {batch, width, rows, columns});
  const auto under = [&](const Tensor& window) {
    if (rows == 0) return input.x;
    const Tensor seen =
        conv2d(grid, window, {}, {.padding = options_.window / 2, .groups = width});
    return slice(transpose(reshape(seen, {batch, width, rows * columns})), 1, 0, tokens);
  };
  return heads_.mix({.x = under(query_window_),
                     .context = under(key_window_),
                     .values = under(value_window_),
                     .mask = input.mask});
}

Mechanism conv_qk_entry() {
  return {.name = of_two,
          .title = "Causal convolution of queries and keys",
          .what = "Queries and keys are made of a token and those before it.",
          .paper = "Li et al. 2019, arXiv 1907.00235",
          .file = "attention/dense/convolutional.h",
          .limit = "windows_of_one_token_are_multi_head",
          .options = {{"window", 3, "the token and those before it, of which a query is made"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "who came before is part of a key"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<ConvQK>(ConvQKOptions{.width = shape.width,
                                                              .heads = shape.heads,
                                                              .window = options.whole("window"),
                                                              .causal = shape.causal},
                                                rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "windows of one token, of weight 1, and no token hidden",
                          .reason = "then queries and keys are those of single tokens",
                          .test = "windows_of_one_token_are_multi_head"}}};
}

Mechanism conv_qkv_entry() {
  return {.name = of_three,
          .title = "Convolutional projections (CvT)",
          .what = "The tokens form a grid; queries, keys and values are made of neighbours.",
          .paper = "Wu et al. 2021, arXiv 2103.15808",
          .file = "attention/dense/convolutional.h",
          .limit = "windows_of_one_token_are_multi_head",
          .options = {{"window", 3, "the side of the square of cells around each, odd"},
                      {"columns", 4, "cells in a row of the grid"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true},
              .exempt = {{"U4", "who is a neighbour depends on the order"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const ConvQKVOptions made{.width = shape.width,
                                          .heads = shape.heads,
                                          .window = options.whole("window"),
                                          .columns = options.whole("columns")};
                return std::make_unique<ConvQKV>(made, rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "windows of one cell, of weight 1, and no token hidden",
                          .reason = "then all is made of single tokens",
                          .test = "windows_of_one_token_are_multi_head"}}};
}

}  // namespace heed::inline HEED_REAL::attention
