#include "examples/study/mechanism.h"

#include <fmt/format.h>

namespace heed::study {
namespace {

attention::MixerConfig config_of(const Changes& options, const MixerShape& shape) {
  attention::MixerConfig config{.width = shape.width, .heads = shape.heads, .causal = shape.causal};
  const auto window = options.find("window");
  if (window != options.end()) config.window = static_cast<Index>(window->second);
  return config;
}

}  // namespace

std::string why_not(const Needs& needs, const std::string& mechanism) {
  const attention::Capabilities& can = attention::find(mechanism).can;
  const auto misses = [](bool needed, bool has) { return needed && !has; };
  if (misses(needs.self, can.self)) return "it needs a context";
  if (misses(needs.cross, can.cross)) return "it takes no context";
  if (misses(needs.causal, can.causal)) return "it cannot look back only";
  if (misses(needs.padding, can.padding)) return "it takes no padding";
  if (misses(needs.variable, can.variable)) return "it takes one length only";
  if (needs.pools && !can.pools) return "it gives a result a query, not one for all";
  if (!needs.pools && can.pools) return "it gives one result for the whole sequence";
  if (!needs.reward && can.draws) return "it learns from a reward, and the task pays none";
  return "";
}

std::unique_ptr<attention::Mixer> make_mixer(const std::string& mechanism, const Changes& options,
                                             const MixerShape& shape, Generator& rng) {
  return attention::find(mechanism).make(config_of(options, shape), rng);
}

std::optional<attention::Pattern> pattern_of(const std::string& mechanism, const Changes& options,
                                             const MixerShape& shape) {
  const attention::Row& row = attention::find(mechanism);
  if (row.pattern == nullptr) return std::nullopt;
  return row.pattern(config_of(options, shape));
}

void check_options(const std::string& mechanism, const Changes& options) {
  for (const auto& [name, value] : options) {
    if (name == "window") continue;
    throw ValueError(fmt::format("[{}] no option named '{}'\nhint: did you mean 'window'?",
                                 mechanism, name));
  }
}

}  // namespace heed::study
