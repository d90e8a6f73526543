// Which score can say that two vectors are near.
#include "examples/tasks/sets/scores.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

void ask_near(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
              Generator& rng) {
  constexpr double spread = 1.5, noise = 0.05;
  for (Index j = 0; j < score_items; ++j) {
    Real* key = keys.data() + j * key_width;
    for (Index c = 0; c < key_width; ++c) key[c] *= static_cast<Real>(c < 2 ? spread : 0);
  }
  for (Index c = 0; c < 2; ++c) {
    query[static_cast<std::size_t>(c)] =
        keys[static_cast<std::size_t>(meant * key_width + c)] +
        static_cast<Real>(noise * rng.normal());
  }
}

study::Task near() {
  using enum study::Expect;
  study::Task task = on_scores(ask_near);
  task.name = "near";
  task.settings.width = 12;
  task.title = "find the item nearest to the query in the plane";
  task.what = "Twelve points in the plane; the query is one of them with a little noise. Nearness "
              "is no dot product: the points far out win that.";
  task.runs = {{.mechanism = "kernel", .options = as_they_are},
               {.mechanism = "additive"},
               {.mechanism = "dot",
                .why = "The points far out win, near the query or not.",
                .options = as_they_are,
                .expect = partly}};
  return task;
}

}  // namespace heed::tasks
