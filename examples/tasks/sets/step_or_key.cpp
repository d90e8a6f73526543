// Step or key: half of the questions name a key, and half say how far to go on from the item asked
// for just before, which takes a score that knows where the last query looked. Chorowski et al.
// 2015, arXiv 1506.07503, section 2.1.
#include "examples/tasks/sets/places.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

Question ask_step_or_key(std::int32_t last, Generator& rng) {
  constexpr auto items = static_cast<std::int32_t>(place_items);
  const std::int32_t step = 1 + rng.below(static_cast<std::int32_t>(longest_step));
  const bool goes_on = rng.below(2) == 1 && last >= 0 && last + step < items;
  if (goes_on) return {last + step, step - 1};
  return {rng.below(items), -1};
}

study::Task step_or_key() {
  using enum study::Expect;
  study::Task task = on_places(ask_step_or_key);
  task.name = "step-or-key";
  task.title = "the value of an item, named by its key or by its distance from the last one";
  task.what = "Half of the questions name a key, half say how far to go on from the item asked for "
              "before. That takes a score which knows where it looked last.";
  task.seconds = 5;
  task.runs = {{.mechanism = "location-aware"},
               {.mechanism = "content-location",
                .why = "It counts places from the start, and these count from the last look.",
                .expect = partly},
               {.mechanism = "additive", .why = "Content alone: the keys.", .expect = partly}};
  return task;
}

}  // namespace heed::tasks
