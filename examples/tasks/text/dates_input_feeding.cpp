// The same dates by Luong's decoder with input feeding: an LSTM reads, beside the character before,
// the answer of the step before, and so knows what it has looked at. Runs what is listed, as
// dates_bahdanau.cpp does. Luong, Pham, Manning 2015, arXiv 1508.04025, section 3.3.
#include "examples/tasks/tasks.h"
#include "examples/tasks/text/dates.h"

namespace heed::tasks {

study::Task dates_input_feeding() {
  study::Task task = on_dates(models::Writer::input_feeding);
  task.name = "dates-input-feeding";
  task.title = "the same dates, by a writer that hears what was found before";
  task.what = "Luong's decoder with input feeding: an LSTM moves, the mechanism looks with its new "
              "state, and the answer of each step is read in the next.";
  task.settings.batch = 32;
  task.settings.lr = 5e-3;
  task.ablation = study::Ablation::zero;  // what is left is the one state that was handed over
  task.runs = {{.mechanism = "bilinear", .why = "Luong's general score."},
               {.mechanism = "additive", .why = "Luong's concat score, in its split form."}};
  return task;
}

}  // namespace heed::tasks
