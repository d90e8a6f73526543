// What an optimizer remembers between steps, ready for a checkpoint.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::optim {

struct OptimizerState {
  std::int64_t steps = 0;
  std::vector<Parameter> tensors;  // "exp_avg.<parameter>", ...
};

}  // namespace heed::inline HEED_REAL::optim
