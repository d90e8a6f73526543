// Which score can say that two vectors are rotated against each other.
#include "examples/tasks/sets/scores.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

void ask_rotated(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
                 Generator&) {
  const Real* key = keys.data() + meant * key_width;
  for (Index c = 0; c < key_width; ++c) {
    query[static_cast<std::size_t>((c + 1) % key_width)] = key[c];
  }
}

study::Task rotated() {
  using enum study::Expect;
  study::Task task = on_scores(ask_rotated);
  task.name = "rotated";
  task.title = "find the item whose key is the rotated query";
  task.what = "Twelve items with random keys; the query is a key, rotated. Only a score that has "
              "learned the rotation finds it, and nothing but the score is trained.";
  task.runs = {{.mechanism = "bilinear"},
               {.mechanism = "additive"},
               {.mechanism = "scaled-dot",
                .why = "Without projections it compares the query with keys that it does not fit.",
                .options = as_they_are,
                .expect = fails},
               {.mechanism = "kernel",
                .why = "Near is not rotated.",
                .options = as_they_are,
                .expect = fails}};
  return task;
}

}  // namespace heed::tasks
