#include "attention/sparse/big_bird.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "attention/entries.h"
#include "attention/readable.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "bigbird";

BigBirdOptions checked(const BigBirdOptions& options) {
  if (options.block < 1 || options.random < 0) {
    throw ValueError(fmt::format("[{}] a block must hold a token, and the drawn blocks must not be "
                                 "negative: {}, {}",
                                 name, options.block, options.random));
  }
  return options;
}

// What one block sees of `count`: what it always does, and others drawn from those that are left.
std::vector<std::int32_t> seen_by(const BigBirdOptions& options, std::int32_t row,
                                  std::int32_t count, Generator& rng) {
  const std::int32_t last = count - 1;
  std::vector<std::int32_t> seen;
  const auto has = [&](std::int32_t block) {
    return std::find(seen.begin(), seen.end(), block) != seen.end();
  };
  const auto see = [&](std::int32_t block) {
    if (block >= 0 && block <= last && !has(block)) seen.push_back(block);
  };
  for (const std::int32_t near : {row - 1, row, row + 1}) see(near);
  if (options.globals) {
    for (const std::int32_t end : {0, last}) see(end);
  }
  const bool is_global = options.globals && (row == 0 || row == last);
  const Index wanted = static_cast<Index>(seen.size()) + options.random;
  if (is_global || wanted >= count) {
    seen.resize(static_cast<std::size_t>(count));
    std::iota(seen.begin(), seen.end(), 0);
  }
  while (static_cast<Index>(seen.size()) < std::min<Index>(wanted, count)) see(rng.below(count));
  return seen;
}

std::string describe(const BigBirdOptions& options) {
  return fmt::format("blocks of {}: {}its neighbours, {} drawn", options.block,
                     options.globals ? "first, last, " : "", options.random);
}

// What some head sees. Without a length any block may be the last one or be drawn.
Pattern in_some_head(const BigBirdOptions& options, Index tokens) {
  if (tokens == 0) return Pattern(describe(options), [](Index, Index) { return true; });
  const auto seen = std::make_shared<const SeenBlocks>(big_bird_blocks(options, tokens));
  return Pattern(describe(options), [seen, block = options.block, tokens](Index i, Index j) {
    if (std::min(i, j) < 0 || std::max(i, j) >= tokens) return false;
    return std::any_of(seen->begin(), seen->end(), [&](const auto& head) {
      const auto& blocks = head[static_cast<std::size_t>(i / block)];
      return std::find(blocks.begin(), blocks.end(), j / block) != blocks.end();
    });
  });
}

BigBirdOptions options_of(const MixerShape& shape, const OptionValues& options) {
  return checked({.width = shape.width,
                  .heads = shape.heads,
                  .block = options.whole("block"),
                  .random = options.whole("random"),
                  .globals = options["globals"] != 0,
                  .seed = static_cast<std::uint64_t>(options.whole("seed")),
                  .positions = options.positions()});
}

}  // namespace

SeenBlocks big_bird_blocks(const BigBirdOptions& options, Index tokens) {
  checked(options);
  const Index length = std::max<Index>(1, tokens);
  const auto count = static_cast<std::int32_t>((length + options.block - 1) / options.block);
  Generator rng = Generator(options.seed).stream(static_cast<std::uint64_t>(count));
  SeenBlocks seen(static_cast<std::size_t>(options.heads));
  for (auto& head : seen) {
    for (std::int32_t row = 0; row < count; ++row) {
      head.push_back(seen_by(options, row, count, rng));
    }
  }
  return seen;
}

BigBird::BigBird(const BigBirdOptions& options, Generator& rng)
    : options_(checked(options)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused,
                                                   .positions = options.positions},
                                 rng)) {}

// Whoever looks, hides keys from single queries or has positions add to the scores takes all pairs
// and a mask.
Mixed BigBird::mix(const MixerInput& input) const {
  const Projected at = project_(input);
  const Index batch = input.x.dim(0), tokens = input.x.dim(1);
  const SeenBlocks seen = big_bird_blocks(options_, tokens);
  const bool of_keys = !input.mask.defined() || input.mask.shape() == Shape{batch, 1, 1, tokens};
  if (!looked_at() && of_keys && !at.bias.defined()) {
    const Mask keys = input.mask.defined() ? input.mask.reshape({batch, tokens}) : input.mask;
    return {.y = project_.output(attend_in_blocks(at, keys, options_.block, seen))};
  }
  Mask visible = by_token(seen, options_.block, tokens);
  if (input.mask.defined()) visible = visible & input.mask;
  if (looked_at()) return {.y = project_.output(readable_attention(name, at, visible))};
  return {.y = project_.output(dot_product_attention(at.q, at.k, at.v,
                                                     {.visible = visible, .bias = at.bias}))};
}

Mechanism big_bird_entry() {
  return {.name = name,
          .title = "Big Bird: blocks near, global and random",
          .what = "Blocks of tokens see their neighbours, the first and last block, and a few "
                  "drawn at random.",
          .paper = "Zaheer et al. 2020, arXiv 2007.14062",
          .file = "attention/sparse/big_bird.h",
          .limit = "one_block_is_full_attention",
          .aliases = {"big-bird", "blocked"},
          .options = {{"block", 1, "tokens in a block"},
                      {"random", 1, "blocks drawn for each block, by each head"},
                      {"globals", 1, "1: the first and last block see all and are seen by all"},
                      {"seed", 1, "of what is drawn"},
                      positions_option()},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true},
              .exempt = {{"U4", "who is near, and who is drawn, depends on the order"},
                         {"U7b", "the length says which block is the last, and which are drawn"},
                         {"U12", "each head has a mean of its own, over the blocks it drew"}},
              .pattern =
                  [](const MixerShape& shape, const OptionValues& options) {
                    return in_some_head(options_of(shape, options), shape.length);
                  },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<BigBird>(options_of(shape, options), rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "block >= T",
                          .reason = "the one block sees itself",
                          .options = {{"block", 9}}},
                         {.to = "local",
                          .when = "block = 1, random = 0, globals = 0",
                          .reason = "the neighbours are left",
                          .options = {{"random", 0}, {"globals", 0}},
                          .to_options = {{"window", 1}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
