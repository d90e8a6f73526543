// Which score can say that two vectors have one direction, whatever their lengths.
#include <cmath>

#include "examples/tasks/sets/scores.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

void ask_direction(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
                   Generator& rng) {
  constexpr double noise = 0.1;
  for (Index j = 0; j < score_items; ++j) {
    Real* key = keys.data() + j * key_width;
    double squares = 0;
    for (Index c = 0; c < key_width; ++c) squares += static_cast<double>(key[c] * key[c]);
    const double length = std::exp(rng.normal()), factor = length / std::sqrt(squares);
    for (Index c = 0; c < key_width; ++c) {
      key[c] *= static_cast<Real>(factor);
      if (j != meant) continue;
      query[static_cast<std::size_t>(c)] =
          static_cast<Real>(static_cast<double>(key[c]) / length + noise * rng.normal());
    }
  }
}

study::Task norms() {
  using enum study::Expect;
  study::Task task = on_scores(ask_direction);
  task.name = "norms";
  task.title = "find the item of the query's direction, among keys of all lengths";
  task.what = "Twelve items whose keys have lengths e^N(0, 1); the query is the direction of one, "
              "with noise. A long key of another direction must not win.";
  task.runs = {{.mechanism = "cosine",
                .why = "An angle knows no lengths.",
                .options = as_they_are},
               {.mechanism = "kernel",
                .why = "The nearest key has the right direction where it is about as long as the "
                       "query.",
                .options = as_they_are,
                .expect = partly},
               {.mechanism = "dot",
                .why = "The longest key that points half the way wins.",
                .options = as_they_are,
                .expect = partly}};
  return task;
}

}  // namespace heed::tasks
