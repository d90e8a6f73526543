#include "attention/pooling/seed_pooling.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "autograd/ops.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "pma";

Tensor first_seeds(const SeedPoolingOptions& options, Generator& rng) {
  if (options.seeds < 1) {
    throw ValueError(fmt::format("[{}] there must be a seed: got {}", name, options.seeds));
  }
  return nn::xavier_uniform({1, options.seeds, options.width}, rng);
}

}  // namespace

SetBlock::SetBlock(Index width, Index heads, Generator& rng)
    : attn_(child<MultiHead>(
          "attn", MultiHeadOptions{.width = width, .heads = heads, .context = Context::required},
          rng, name)),
      layer_norm1_(child<nn::LayerNorm>("layer_norm1", width)),
      layer_norm2_(child<nn::LayerNorm>("layer_norm2", width)),
      lin_(child<nn::Linear>("lin", width, width, rng)) {}

Tensor SetBlock::operator()(const Tensor& x, const Tensor& y, const Mask& mask) const {
  const Tensor read = attn_.mix({.x = x, .context = y, .mask = mask}).y;  // (B, K, C)
  const Tensor h = layer_norm1_(x + read);
  return layer_norm2_(h + relu(lin_(h)));
}

SeedPooling::SeedPooling(const SeedPoolingOptions& options, Generator& rng)
    : seed_(param("seed", first_seeds(options, rng))),
      lin_(child<nn::Linear>("lin", options.width, options.width, rng)),
      mab_(child<SetBlock>("mab", options.width, options.heads, rng)) {}

Tensor SeedPooling::pool(const Tensor& h, const Mask& real) const {
  require_width(name, {.x = h}, seed_.dim(2));
  const Index batch = h.dim(0);
  const Tensor seeds = expand(seed_, {batch, seed_.dim(1), seed_.dim(2)});  // (B, K, C)
  return mab_(seeds, relu(lin_(h)), over_scores(name, h, real));
}

Mixed SeedPooling::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, seed_.dim(2));
  return {.y = pool(input.x, key_mask(name, input))};
}

Mechanism seed_pooling_entry() {
  return {.name = name,
          .title = "Seed pooling (PMA)",
          .what = "A vector for a bag for each of a few learned questions.",
          .paper = "Lee et al. 2018, arXiv 1810.00825, section 3.2",
          .file = "attention/pooling/seed_pooling.h",
          .limit = "seed_pooling_with_silent_seeds_pools_the_mean",
          .options = {{"seeds", 1, "K, learned questions"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true, .tokens = false},
              .exempt = {{"U8", "a bag without instances still has its seeds and norms"},
                         {"U16", "norms and a layer follow what was read"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<SeedPooling>(
                    SeedPoolingOptions{.width = shape.width,
                                       .heads = shape.heads,
                                       .seeds = options.whole("seeds")},
                    rng);
              }},
          .reductions = {{.to = "mean",
                          .when = "seeds without a query",
                          .reason = "all scores are 0; what follows sees the mean alone",
                          .test = "seed_pooling_with_silent_seeds_pools_the_mean"}}};
}

}  // namespace heed::inline HEED_REAL::attention
