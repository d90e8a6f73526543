// One pass over all parameters that have a gradient.
#pragma once

#include <functional>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::optim {

// A piece of parameter number `parameter`: n values from element `begin` on, and their gradients.
struct Piece {
  std::size_t parameter;
  Index begin;
  Index n;
  Real* values;
  const Real* gradients;
};

// Calls the kernel with pieces that cover every parameter with a gradient once, on all threads of
// the pool, and raises the versions of these parameters.
void update_all(const std::vector<Parameter>& parameters,
                const std::function<void(const Piece&)>& kernel);

}  // namespace heed::inline HEED_REAL::optim
