// Seed pooling (PMA, pooling by multi-head attention): K vectors for a bag of instances, one for
// each of K learned questions.
// Lee et al. 2018, "Set Transformer", arXiv 1810.00825, sections 3.1 (MAB) and 3.2 (PMA).
//
//   PMA(Z) = MAB(S, rFF(Z)),   rFF(Z) = relu(Z W + b),   S learned seeds
//   MAB(X, Y) = norm(H + rFF(H)),   H = norm(X + MultiHead(X, Y, Y))
//
// Shapes   h (B, N, C) -> z (B, K, C); H heads of size D = C / H.
// Cost     3 N C^2 + 2 K N C multiply-adds, and 3 K C^2 that do not depend on the bag: linear in
//          its size.
// Differs  the queries are parameters, the same for every bag. Permuting the instances changes
//          nothing; permuting the seeds permutes the results. Each seed reads the bag on its own.
// Limit    with a query projection of 0 the bag counts by its mean only
//          (seed_pooling_with_silent_seeds_pools_the_mean).
//
// In the catalog: `pma`. The norms, optional in other code, are always there, as in the paper.
#pragma once

#include "attention/dense/multi_head.h"
#include "nn/layer_norm.h"

namespace heed::inline HEED_REAL::attention {

// MAB: the queries x look at the set y, then each passes through one layer.
class SetBlock : public nn::Module {
 public:
  SetBlock(Index width, Index heads, Generator& rng);
  // x (B, K, C), y (B, N, C) -> (B, K, C); `mask` broadcasts against (B, H, K, N).
  Tensor operator()(const Tensor& x, const Tensor& y, const Mask& mask = {}) const;

 private:
  MultiHead& attn_;
  nn::LayerNorm& layer_norm1_;
  nn::LayerNorm& layer_norm2_;
  nn::Linear& lin_;
};

struct SeedPoolingOptions {
  Index width = 0;
  Index heads = 1;
  Index seeds = 1;  // K
};

class SeedPooling : public Mixer {
 public:
  // Throws ValueError unless there is a seed and the heads divide the width.
  SeedPooling(const SeedPoolingOptions& options, Generator& rng);
  // `real` (B, N) says which instances are there; undefined: all. Throws ShapeError.
  Tensor pool(const Tensor& h, const Mask& real = {}) const;
  // The same as a mixer: y (B, K, C).
  Mixed mix(const MixerInput& input) const override;

 private:
  Tensor seed_;  // S (1, K, C)
  nn::Linear& lin_;
  SetBlock& mab_;
};

}  // namespace heed::inline HEED_REAL::attention
