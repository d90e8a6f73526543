#include "attention/sparse/local_monotonic.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/one_head.h"
#include "attention/readable.h"
#include "attention/scores.h"
#include "attention/sparse/local_predictive.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* here = "attention/sparse/local_monotonic.h";

LocalMonotonicOptions checked(const LocalMonotonicOptions& options) {
  if (options.window >= -1) return options;
  throw ValueError(fmt::format("[local-m] window must not be negative: {}", options.window));
}

Heads one_head(const Tensor& x) { return {x, 0, 1, x.dim(2)}; }

}  // namespace

LocalMonotonic::LocalMonotonic(const LocalMonotonicOptions& options, Generator& rng)
    : options_(checked(options)),
      key_(child<nn::Linear>("key", options_.memory_width, options_.query_width, rng,
                             nn::LinearOptions{.bias = false})) {}

const char* LocalMonotonic::name() const { return options_.window < 0 ? "global" : "local-m"; }

Attended LocalMonotonic::attend(const Tensor& h, const Tensor& memory, const Mask& visible) const {
  const Tensor scores = shifted(dot(with_head(h), with_head(key_(memory))));  // (B, 1, T, S)
  const Tensor weights = options_.window < 0
                             ? softmax_over(scores, visible)
                             : local_monotonic(scores, options_.window, visible);
  return read_memory(name(), weights, memory);
}

Mixed LocalMonotonic::mix(const MixerInput& input) const {
  refuse_state(name(), input);
  // Where two sequences end together a window that counts from their start is no pattern of mixers.
  if (options_.window >= 0) refuse_context(name(), input);
  require_width(name(), input, options_.query_width, options_.memory_width);
  const Tensor& memory = input.context.defined() ? input.context : input.x;
  require_mask(name(), input, 1, memory.dim(1));
  if (looked_at()) return {.y = attend(input.x, memory, input.mask).y};
  return {.y = dot_product_attention(
              one_head(input.x), one_head(key_(memory)), one_head(memory),
              {.scale = 1, .window = options_.window, .visible = input.mask})};
}

namespace {

std::unique_ptr<Mixer> of_width(Index width, Index window, Generator& rng) {
  return std::make_unique<LocalMonotonic>(
      LocalMonotonicOptions{.query_width = width, .memory_width = width, .window = window}, rng);
}

}  // namespace

Mechanism global_entry() {
  return {.name = "global",
          .title = "Global attention of Luong et al.",
          .what = "Each query weighs all of the source by h . W m and mixes the source itself.",
          .paper = "Luong et al. 2015, arXiv 1508.04025, section 3.1",
          .file = here,
          .limit = "global_with_identity_is_soft_attention",
          .mixer = MixerTraits{
              .can = {.padding = true, .cross = true, .map = true, .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&, Generator& rng) {
                return of_width(shape.width, -1, rng);
              }},
          .reductions = {{.to = "dot",
                          .when = "W = I, dot without projections",
                          .reason = "h . I m is h . m",
                          .to_options = {{"projections", 0}},
                          .held = {{"key.weight", 1, true}}}}};
}

Mechanism local_monotonic_entry() {
  return {.name = "local-m",
          .title = "Monotonic local attention (local-m)",
          .what = "The window marches along: query t reads the source around position t.",
          .paper = "Luong et al. 2015, arXiv 1508.04025, section 3.2",
          .file = here,
          .limit = "local_monotonic_is_global_when_window_covers",
          .options = {{"window", 3, "D: positions seen to each side"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true},
              .exempt = {{"U4", "who is near depends on the order"}},
              .pattern =
                  [](const MixerShape&, const OptionValues& options) {
                    return window(options.whole("window"));
                  },
              .make = [](const MixerShape& shape, const OptionValues& options, Generator& rng) {
                return of_width(shape.width, options.whole("window"), rng);
              }},
          .reductions = {{.to = "global",
                          .when = "window >= T - 1",
                          .reason = "the window covers every key",
                          .options = {{"window", 8}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
