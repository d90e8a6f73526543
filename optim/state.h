// What optimizers have in common: what they remember between steps, and how it is checked.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::optim {

// Ready for a checkpoint.
struct OptimizerState {
  std::int64_t steps = 0;
  std::vector<Parameter> tensors;  // "exp_avg.<parameter>", ...
};

// Throws ValueError, naming the optimizer, on two parameters of one name or of one tensor and on a
// tensor that is not a leaf that wants a gradient.
void check_parameters(const char* optimizer, const std::vector<Parameter>& parameters);
void zero_gradients(const std::vector<Parameter>& parameters);

// A tensor of zeros beside each parameter, called "<what>.<parameter>".
std::vector<Parameter> zeros_beside(const std::vector<Parameter>& parameters, const char* what);

// A copy that later steps do not write into.
OptimizerState copied(std::int64_t steps, const std::vector<Parameter>& tensors);
// Overwrites the tensors with those of the state. Throws ValueError naming the first that is
// missing, unexpected or of another shape, and on a negative number of steps; nothing is changed
// then.
void overwrite(const char* optimizer, const std::vector<Parameter>& tensors,
               const OptimizerState& state);

}  // namespace heed::inline HEED_REAL::optim
