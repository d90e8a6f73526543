#include "examples/tasks/teachers/teacher.h"

#include "attention/catalog.h"
#include "examples/study/optimization.h"

namespace heed::tasks {

void train_teacher(const std::vector<Parameter>& parameters, Index steps, double lr,
                   const std::function<Tensor()>& loss) {
  study::Optimization optimization(parameters, {.steps = steps, .lr = lr});
  for (Index step = 0; step < steps; ++step) optimization.step(loss());
}

Teaching teaching_of(const study::Setup& setup) {
  const attention::OptionValues values = attention::find(setup.name).values(setup.options);
  return {.weight = values["weight"], .permuted = values["permuted"] != 0};
}

}  // namespace heed::tasks
