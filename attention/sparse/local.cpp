#include "attention/sparse/local.h"

#include <fmt/format.h>

#include "attention/entries.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// The window is what the kernel and the pattern of MultiHead cut out.
MultiHeadOptions within_window(const LocalOptions& options) {
  if (options.window < 0) {
    throw ValueError(fmt::format("[local] window must not be negative: {}", options.window));
  }
  return {.width = options.width,
          .heads = options.heads,
          .causal = options.causal,
          .window = options.window,
          .context = Context::refused,
          .positions = options.positions};
}

}  // namespace

Local::Local(const LocalOptions& options, Generator& rng)
    : heads_(part<MultiHead>(within_window(options), rng, "local")) {}

Mixed Local::mix(const MixerInput& input) const { return heads_.mix(input); }

Mechanism local_entry() {
  return {.name = "local",
          .title = "Local (sliding window) attention",
          .what = "Each query sees only the keys within a window around it.",
          .paper = "Beltagy et al. 2020, arXiv 2004.05150",
          .file = "attention/sparse/local.h",
          .limit = "local_is_full_when_window_covers",
          .aliases = {"window"},
          .options = {{"window", 3, "positions seen to each side"}, positions_option()},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "who is near depends on the order"}},
              .pattern =
                  [](const MixerShape& shape, const OptionValues& options) {
                    return banded(shape.causal, options.whole("window"));
                  },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Local>(LocalOptions{.width = shape.width,
                                                            .heads = shape.heads,
                                                            .window = options.whole("window"),
                                                            .causal = shape.causal,
                                                            .positions = options.positions()},
                                               rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "window >= T - 1",
                          .reason = "the window covers every key",
                          .options = {{"window", 8}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
