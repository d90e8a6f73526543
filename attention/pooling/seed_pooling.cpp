#include "attention/pooling/seed_pooling.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "seed_pooling";

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
  const Mask visible = real.defined() ? real.reshape({batch, 1, 1, h.dim(1)}) : Mask();
  return mab_(seeds, relu(lin_(h)), visible);
}

}  // namespace heed::inline HEED_REAL::attention
