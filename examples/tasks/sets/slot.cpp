// Which score can say that a vector stands at a place.
#include <fmt/format.h>

#include "examples/tasks/sets/scores.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

void ask_slot(std::vector<Real>&, Index key_width, Index meant, std::vector<Real>& query,
              Generator&) {
  if (key_width < score_items) {
    throw ValueError(fmt::format("[slot] {} numbers for a key cannot name {} places", key_width,
                                 score_items));
  }
  query[static_cast<std::size_t>(meant)] = 1;
}

study::Task slot() {
  using enum study::Expect;
  study::Task task = on_scores(ask_slot);
  task.name = "slot";
  task.title = "find the item at the place that the query names";
  task.what = "Twelve items with random keys; the query says the number of one. The keys tell "
              "nothing: only a score of places answers.";
  task.runs = {{.mechanism = "location"},
               {.mechanism = "bilinear", .why = "It has only the keys to go by.", .expect = fails},
               {.mechanism = "additive", .why = "Neither has this score more.", .expect = fails},
               {.mechanism = "kernel",
                .why = "The number of a place is near no key.",
                .options = as_they_are,
                .expect = fails}};
  return task;
}

}  // namespace heed::tasks
