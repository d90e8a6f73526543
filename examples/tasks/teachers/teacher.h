// What a task with a teacher needs before its student can begin.
#pragma once

#include <functional>
#include <vector>

#include "autograd/tensor.h"
#include "examples/study/study.h"

namespace heed::tasks {

// Trains a teacher on `loss` as every model of a study is trained (study/optimization.h).
void train_teacher(const std::vector<Parameter>& parameters, Index steps, double lr,
                   const std::function<Tensor()>& loss);

// What the options of a mechanism that teaches say.
struct Teaching {
  double weight = 0;      // lambda
  bool permuted = false;  // a wrong teacher
};
Teaching teaching_of(const study::Setup& setup);

}  // namespace heed::tasks
