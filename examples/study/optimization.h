// How every model of a study is moved: AdamW, a rate that warms up and falls, gradients clipped to
// a norm, all by its settings.
#pragma once

#include <vector>

#include "examples/study/settings.h"
#include "optim/adamw.h"
#include "optim/schedule.h"

namespace heed::study {

class Optimization {
 public:
  // Of settings.steps steps.
  Optimization(const std::vector<Parameter>& parameters, const Settings& settings);
  // The next one, down the slope of the loss.
  void step(const Tensor& loss);

 private:
  std::vector<Parameter> parameters_;
  double clip_;
  optim::AdamW optimizer_;
  optim::WarmupCosineOptions schedule_;
};

}  // namespace heed::study
