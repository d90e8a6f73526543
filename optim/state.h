// What an optimizer remembers between steps, ready for a checkpoint.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::optim {

struct OptimizerState {
  std::int64_t steps = 0;
  // "exp_avg.<parameter>", ...: named after the parameters alone, so that a state outlives a change
  // of their order, of the options and of the groups.
  std::vector<Parameter> tensors;
};

// Copies that later steps do not write into.
std::vector<Parameter> copied(const std::vector<Parameter>& tensors);

// What a tensor of a state must be called, and its shape.
struct NamedShape {
  std::string name;
  Shape shape;
};

// The tensors of the state in the order of those expected. Makes no tensor itself, so that who
// checks first and then writes cannot run out of memory in between. Throws ValueError, naming the
// optimizer and the first tensor that is missing, unexpected or of another shape, and on a negative
// number of steps.
std::vector<Tensor> matched(const char* optimizer, const std::vector<NamedShape>& expected,
                            const OptimizerState& state);

}  // namespace heed::inline HEED_REAL::optim
