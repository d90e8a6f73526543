#include "examples/tasks/teachers/teacher.h"

#include <algorithm>

#include "attention/catalog.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::tasks {

void train_teacher(const std::vector<Parameter>& parameters, Index steps, double lr,
                   const std::function<Tensor()>& loss) {
  const study::Settings usual;
  optim::AdamW optimizer(parameters, {.beta1 = usual.beta1, .beta2 = usual.beta2,
                                      .weight_decay = usual.weight_decay});
  const optim::WarmupCosineOptions schedule{
      .peak = lr, .warmup = std::min(usual.warmup, steps), .total = steps};
  for (Index step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optim::clip_by_norm(parameters, usual.clip);
    optimizer.set_lr(optim::warmup_cosine(step, schedule));
    optimizer.step();
  }
}

Teaching teaching_of(const study::Setup& setup) {
  const attention::OptionValues values = attention::find(setup.name).values(setup.options);
  return {.weight = values["weight"], .permuted = values["permuted"] != 0};
}

}  // namespace heed::tasks
