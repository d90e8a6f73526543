#include "attention/dense/content_location.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/one_head.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "content-location";

const ContentLocationOptions& checked(const ContentLocationOptions& options) {
  if (options.places >= 1) return options;
  throw ValueError(fmt::format("[{}] needs at least one place: {}\nhint: the longest memory that "
                               "it will meet",
                               name, options.places));
}

}  // namespace

ContentLocation::ContentLocation(const ContentLocationOptions& options, Generator& rng)
    : options_(checked(options)),
      content_(child<Additive>("content",
                               AdditiveOptions{.query_width = options.query_width,
                                               .memory_width = options.memory_width,
                                               .hidden = options.hidden},
                               rng)),
      location_(child<Location>("location",
                                LocationOptions{.query_width = options.query_width,
                                                .memory_width = options.memory_width,
                                                .places = options.places},
                                rng)) {}

Attended ContentLocation::attend(const Tensor& q, const Tensor& memory,
                                 const Mask& visible) const {
  const Tensor what = content_.scores(q, content_.keys(memory));  // (B, 1, T, S)
  const Tensor where = location_.scores(q, memory.dim(1));
  return attend_by_scores(name, what + where, memory, visible);
}

Mixed ContentLocation::mix(const MixerInput& input) const {
  const Memory memory =
      memory_of(name, input, options_.query_width, options_.memory_width, options_.causal);
  return {.y = attend(input.x, memory.of, memory.visible).y};
}

Mechanism content_location_entry() {
  return {.name = name,
          .title = "Hybrid of content and location",
          .what = "A query says what it looks for or where it lies: the sum of both scores.",
          .paper = "Bahdanau et al. 2014, arXiv 1409.0473; Luong et al. 2015, arXiv 1508.04025",
          .file = "attention/dense/content_location.h",
          .limit = "content_location_without_either_half_is_the_other",
          .options = {{"places", 0, "positions it knows; 0: as many as the longest sequence"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true},
              .exempt = {{"U4", "the part of the score that goes by place stays there"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index asked = options.whole("places");
                return std::make_unique<ContentLocation>(
                    ContentLocationOptions{.query_width = shape.width,
                                           .memory_width = shape.width,
                                           .places = asked == 0 ? shape.length : asked,
                                           .causal = shape.causal},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
