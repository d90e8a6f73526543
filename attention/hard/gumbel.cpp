#include "attention/hard/gumbel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/hard/choice.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

void require_positive(double tau) {
  if (tau > 0) return;
  throw ValueError(fmt::format("[gumbel] tau must be positive: {}", tau));
}

// A 1 at the largest weight of each row, with the gradient of the weights. A row of zeros, where
// nothing is visible, stays one.
Tensor rounded(const Tensor& relaxed) {
  const Tensor best = one_hot(argmax(relaxed, -1), relaxed.dim(-1));
  return straight_through(relaxed, where(relaxed > 0, best, 0.0));
}

}  // namespace

Tensor with_gumbel_noise(const Tensor& scores, Generator& rng) {
  std::vector<Real> noise;
  noise.reserve(static_cast<std::size_t>(scores.size()));
  for (Index i = 0; i < scores.size(); ++i) {
    const double u = std::max(rng.uniform(), std::numeric_limits<double>::min());
    noise.push_back(static_cast<Real>(-std::log(-std::log(u))));
  }
  return scores + Tensor(scores.shape(), noise);
}

Tensor gumbel_softmax(const Tensor& scores, const Mask& visible, double tau, Generator& rng) {
  require_positive(tau);
  return softmax_over(with_gumbel_noise(scores, rng) / tau, visible);
}

Tensor straight_through(const Tensor& soft, const Tensor& hard) {
  return hard.detach() + (soft - soft.detach());  // the bracket is 0 exactly
}

Gumbel::Gumbel(const GumbelOptions& options, Generator& rng)
    : options_(options),
      query_(child<nn::Linear>("query", options.width, options.width, rng)),
      key_(child<nn::Linear>("key", options.width, options.width, rng)),
      value_(child<nn::Linear>("value", options.width, options.width, rng)) {
  require_positive(options.tau);
  if (options.heads < 1 || options.width % options.heads != 0) {
    throw ValueError(fmt::format("[gumbel] heads must divide the width: {} heads, width {}",
                                 options.heads, options.width));
  }
}

Mixed Gumbel::mix(const MixerInput& input) const {
  refuse_state("gumbel", input);
  require_width("gumbel", input, options_.width);
  const Tensor& memory = input.context.defined() ? input.context : input.x;
  const Tensor q = split_heads(query_(input.x), options_.heads);  // (B, H, T, D)
  const Tensor k = split_heads(key_(memory), options_.heads);     // (B, H, S, D)
  const Tensor v = split_heads(value_(memory), options_.heads);   // (B, H, S, D)
  const Mask mask = visible(options_.causal ? causal() : full(), input, memory.dim(1));
  const Tensor scores = scaled_dot(q, k);  // (B, H, T, S)
  Tensor weights;
  if (training()) {
    weights = gumbel_softmax(scores, mask, options_.tau, draws());
    if (options_.straight_through) weights = rounded(weights);
  } else {
    weights = strongest(scores, mask).weights;
  }
  publish_map("gumbel", weights);
  return {.y = merge_heads(combine(weights, v))};  // (B, T, C)
}

}  // namespace heed::inline HEED_REAL::attention
