#include "attention/dense/location.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/one_head.h"
#include "attention/scores.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "location";

const LocationOptions& checked(const LocationOptions& options) {
  if (options.places >= 1) return options;
  throw ValueError(fmt::format("[{}] needs at least one place: {}\nhint: the longest memory that "
                               "it will meet",
                               name, options.places));
}

}  // namespace

Location::Location(const LocationOptions& options, Generator& rng)
    : options_(checked(options)),
      places_(param("places", nn::fan_in_uniform({options.places, options.query_width},
                                                 options.query_width, rng))) {}

Tensor Location::scores(const Tensor& q, Index keys) const {
  return location(with_head(q), places_, keys);
}

Attended Location::attend(const Tensor& q, const Tensor& memory, const Mask& visible) const {
  return attend_by_scores(name, scores(q, memory.dim(1)), memory, visible);
}

Mixed Location::mix(const MixerInput& input) const {
  const Memory memory =
      memory_of(name, input, options_.query_width, options_.memory_width, options_.causal);
  return {.y = attend(input.x, memory.of, memory.visible).y};
}

Mechanism location_entry() {
  return {.name = name,
          .title = "Location-wise attention",
          .what = "A query decides by position alone where to look, whatever lies there.",
          .paper = "Luong et al. 2015, arXiv 1508.04025, section 3.1",
          .file = "attention/dense/location.h",
          .limit = "location_of_one_hot_queries_is_a_table",
          .options = {{"places", 0, "positions it knows; 0: as many as the longest sequence"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .content = false},
              .exempt = {{"U4", "a weight stays at its place when the items move"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index asked = options.whole("places");
                return std::make_unique<Location>(
                    LocationOptions{.query_width = shape.width,
                                    .memory_width = shape.width,
                                    .places = asked == 0 ? shape.length : asked,
                                    .causal = shape.causal},
                    rng);
              }},
          .reductions = {{.to = "mean",
                          .when = "places = 0",
                          .reason = "all scores are 0",
                          .test = "location_without_places_is_the_mean"}}};
}

}  // namespace heed::inline HEED_REAL::attention
