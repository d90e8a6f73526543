// The pair that a query asks for stands at the end of a block.
#include "examples/tasks/sequences/strided_recall.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

Index summaries(Index i, Index choice) { return one_of(i, recall_stride - 1, choice); }

}  // namespace

study::Task recall_of_summaries() {
  using enum study::Expect;
  study::Task task = recall_where(summaries);
  task.name = "recall-of-summaries";
  task.title = "recall from the last position of each block of four";
  task.settings.steps = 700;  // by then a quarter of the pairs is learned whatever the seed
  task.runs = {{.mechanism = "fixed", .why = "The pair is the last of its block, which all see."},
               {.mechanism = "strided",
                .why = "One query in four has the pair on its stride.",
                .options = by_four,
                .expect = ceiling},
               {.mechanism = "self", .why = "Sees all pairs, for twice the work."}};
  return task;
}

}  // namespace heed::tasks
