#include "attention/hard/hard.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/hard/choice.h"
#include "attention/mutants.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

Hard::Hard(const HardOptions& options, Generator& rng)
    : options_(options),
      query_(child<nn::Linear>("query", options.width, options.width, rng)),
      key_(child<nn::Linear>("key", options.width, options.width, rng)),
      value_(child<nn::Linear>("value", options.width, options.width, rng)) {
  if (options.heads < 1 || options.width % options.heads != 0) {
    throw ValueError(fmt::format("[hard] heads must divide the width: {} heads, width {}",
                                 options.heads, options.width));
  }
}

Mixed Hard::mix(const MixerInput& input) const {
  refuse_state("hard", input);
  require_width("hard", input, options_.width);
  const Tensor& memory = input.context.defined() ? input.context : input.x;
  const Tensor q = split_heads(query_(input.x), options_.heads);  // (B, H, T, D)
  const Tensor k = split_heads(key_(memory), options_.heads);     // (B, H, S, D)
  const Tensor v = split_heads(value_(memory), options_.heads);   // (B, H, S, D)
  const Mask mask = visible(options_.causal ? causal() : full(), input, memory.dim(1));
  const Tensor scores = scaled_dot(q, k);  // (B, H, T, S)
  const Choice choice = training() ? draw(scores, mask, draws()) : strongest(scores, mask);
  publish_map("hard", choice.weights);
  const Tensor& weights =
      planted(Mutant::hard_ships_soft) ? softmax_over(scores, mask) : choice.weights;
  const Tensor y = merge_heads(combine(weights, v));  // (B, T, C)
  return {.y = y, .log_probability = choice.log_probability};
}

std::unique_ptr<Mixer> make_hard(const MixerConfig& config, Generator& rng) {
  const HardOptions options{.width = config.width, .heads = config.heads, .causal = config.causal};
  return std::make_unique<Hard>(options, rng);
}

}  // namespace heed::inline HEED_REAL::attention
