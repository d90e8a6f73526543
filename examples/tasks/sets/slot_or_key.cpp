// Slot or key: half of the questions name a key, which only a score of content finds, and half a
// place counted from the start of the row, which only a score of places finds. Luong, Pham, Manning
// 2015, arXiv 1508.04025, section 3.1.
#include "examples/tasks/sets/places.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

Question ask_slot_or_key(std::int32_t, Generator& rng) {
  const std::int32_t place = rng.below(static_cast<std::int32_t>(place_items));
  return {place, rng.below(2) == 1 ? place : -1};
}

study::Task slot_or_key() {
  using enum study::Expect;
  study::Task task = on_places(ask_slot_or_key);
  task.name = "slot-or-key";
  task.title = "the value of an item, named by its key or by its place in the row";
  task.what = "16 items that do not say where they stand; half of the questions name a key, half a "
              "place. Neither a score of content nor one of places answers both.";
  task.runs = {{.mechanism = "content-location"},
               {.mechanism = "additive", .why = "Content alone: the keys.", .expect = partly},
               {.mechanism = "location", .why = "Places alone: the places.", .expect = partly},
               {.mechanism = "location-aware",
                .why = "It counts places from its last look, and these count from the start.",
                .expect = partly}};
  return task;
}

}  // namespace heed::tasks
