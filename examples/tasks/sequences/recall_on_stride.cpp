// The pair that a query asks for stands on its stride.
#include "examples/tasks/sequences/strided_recall.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

Index on_stride(Index i, Index choice) { return one_of(i, i, choice); }

}  // namespace

study::Task recall_on_stride() {
  using enum study::Expect;
  study::Task task = recall_where(on_stride);
  task.name = "recall-on-stride";
  task.title = "recall from every fourth position before";
  task.runs = {{.mechanism = "strided",
                .why = "The pair stands on the query's stride.",
                .options = by_four},
               {.mechanism = "fixed",
                .why = "Of the earlier blocks it sees the last token only, where one pair in four "
                       "stands. Slower to learn, so it is given more steps.",
                .settings = {{"steps", 1000}},
                .expect = ceiling},
               {.mechanism = "self", .why = "Sees all pairs, for twice the work."}};
  return task;
}

}  // namespace heed::tasks
