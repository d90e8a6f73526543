// The pair that a query asks for stands beside its stride.
#include "examples/tasks/sequences/strided_recall.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

Index off_stride(Index i, Index choice) { return one_of(i, i + 2, choice); }

}  // namespace

study::Task recall_off_stride() {
  using enum study::Expect;
  study::Task task = recall_where(off_stride);
  task.name = "recall-off-stride";
  task.title = "recall from between every fourth position before";
  task.runs = {{.mechanism = "strided",
                .why = "The pair stands two beside the query's stride: one layer sees it for "
                       "the first two queries at most.",
                .options = by_four,
                .expect = fails},
               {.mechanism = "self", .why = "Sees all pairs, for twice the work."}};
  task.beside = {{.mechanism = "strided",
                  .label = "two layers",
                  .why = "Two layers can see it, through a token on the stride that would have to "
                         "carry all pairs near it.",
                  .options = by_four,
                  .settings = {{"layers", 2}}}};
  return task;
}

}  // namespace heed::tasks
