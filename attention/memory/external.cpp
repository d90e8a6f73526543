#include "attention/memory/external.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "external";

const ExternalOptions& checked(const ExternalOptions& options) {
  nn::check_positive(name, {{"width", options.width},
                            {"heads", options.heads},
                            {"slots", options.slots}});
  if (options.width % options.heads == 0) return options;
  throw ValueError(
      fmt::format("[{}] heads must divide width: {} and {}", name, options.heads, options.width));
}

}  // namespace

Tensor double_normalise(const Tensor& f, const Mask& real) {
  const Tensor over_tokens =
      real.defined() ? masked_softmax(f, real, -2) : softmax(f, -2);  // (..., T, S)
  const Tensor sums = sum(over_tokens, {-1}, true);
  return over_tokens / where(sums > 0, sums, 1.0);
}

External::External(const ExternalOptions& options, Generator& rng)
    : options_(checked(options)),
      keys_(param("keys", nn::fan_in_uniform({options.slots, options.width / options.heads},
                                             options.width / options.heads, rng))),
      values_(param("values", nn::fan_in_uniform({options.slots, options.width / options.heads},
                                                 options.slots, rng))),
      out_proj_(child<nn::Linear>("out_proj", options.width, options.width, rng,
                                  nn::LinearOptions{.bias = false})) {}

Mixed External::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  const Mask real = over_scores(name, input.x, key_mask(name, input));  // (B, 1, 1, T)
  const Tensor x = split_heads(input.x, options_.heads);                // (B, H, T, D)
  const Mask rows = real.defined() ? real.reshape({x.dim(0), 1, x.dim(2), 1}) : real;
  const Tensor weights = double_normalise(dot(x, keys_), rows);  // (B, H, T, S)
  return {.y = out_proj_(merge_heads(combine(weights, values_)))};
}

Mechanism external_entry() {
  return {.name = name,
          .title = "External attention",
          .what = "Tokens look at a small memory that is learned, not at each other.",
          .paper = "Guo et al. 2021, arXiv 2105.02358",
          .file = "attention/memory/external.h",
          .limit = "one_token_reads_the_mean_of_the_memory",
          .options = {{"slots", 64, "S, of the memory"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<External>(
                    ExternalOptions{.width = shape.width,
                                    .heads = shape.heads,
                                    .slots = options.whole("slots")},
                    rng);
              }},
          .reductions = {{.to = "mean",
                          .when = "a single token",
                          .reason = "alone it has all of every slot, so all slots weigh alike",
                          .test = "one_token_reads_the_mean_of_the_memory"}}};
}

}  // namespace heed::inline HEED_REAL::attention
