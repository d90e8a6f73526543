#include "examples/study/optimization.h"

#include <algorithm>

#include "optim/clip.h"

namespace heed::study {

Optimization::Optimization(const std::vector<Parameter>& parameters, const Settings& settings)
    : parameters_(parameters),
      clip_(settings.clip),
      optimizer_(parameters, {.beta1 = settings.beta1,
                              .beta2 = settings.beta2,
                              .weight_decay = settings.weight_decay}),
      schedule_{.peak = settings.lr,
                .warmup = std::min(settings.warmup, settings.steps),
                .total = settings.steps} {}

void Optimization::step(const Tensor& loss) {
  optimizer_.zero_grad();
  loss.backward();
  optim::clip_by_norm(parameters_, clip_);
  optimizer_.set_lr(optim::warmup_cosine(optimizer_.steps(), schedule_));
  optimizer_.step();
}

}  // namespace heed::study
