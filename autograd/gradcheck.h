// Are the derivatives right? Compares what backward computes with central differences.
//
//   gradcheck("tanh", [](const std::vector<Tensor>& x) { return tanh(x[0]); }, {x});
//
// Meant for the double library: in float a wrong rule can pass.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

using TensorFunction = std::function<Tensor(const std::vector<Tensor>&)>;

struct GradcheckOptions {
  double step = 1e-5;
  double relative = 1e-6;
  double absolute = 1e-8;
  int order = 2;             // 1: the Jacobian; 2: also the derivative of a gradient along a random direction
  std::uint64_t seed = 1;    // of the cotangent and of the directions
  bool full_jacobian = true; // else random directions only
};

// Throws Error with function, input, index, expected and got when they differ. The inputs are taken as
// leaves; f must be deterministic. Inputs at kinks and ties must be avoided by the caller.
void gradcheck(const std::string& name, const TensorFunction& f, const std::vector<Tensor>& inputs,
               const GradcheckOptions& options = {});

}  // namespace heed::inline HEED_REAL
