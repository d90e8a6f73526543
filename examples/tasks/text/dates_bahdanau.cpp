// The same dates by Bahdanau's decoder: the mechanism looks with the state before, and what it
// finds goes into the GRU. It looks with one query at a time, which means something else to
// mechanisms that count queries, so this runs what is listed. Bahdanau, Cho, Bengio 2014, arXiv
// 1409.0473.
#include "examples/tasks/tasks.h"
#include "examples/tasks/text/dates.h"

namespace heed::tasks {

study::Task dates_bahdanau() {
  study::Task task = on_dates(models::Writer::bahdanau);
  task.name = "dates-bahdanau";
  task.title = "the same dates, by a writer that looks before it moves";
  task.what = "Bahdanau's decoder: the mechanism looks with the state before, and what it finds "
              "goes into the GRU with the character before.";
  task.settings.batch = 32;
  task.settings.lr = 5e-3;
  task.ablation = study::Ablation::zero;  // what is left is the one state that was handed over
  task.runs = {{.mechanism = "additive"}};
  return task;
}

}  // namespace heed::tasks
