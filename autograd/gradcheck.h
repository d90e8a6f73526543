// Are the derivatives right? Compares what backward computes with central differences of 4th order.
//
//   gradcheck("tanh", [](const std::vector<Tensor>& x) { return tanh(x[0]); }, {x});
//
// Meant for the double library: in float a wrong rule can pass.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// What is differentiated: tensors in, one tensor out.
using TensorFunction = std::function<Tensor(const std::vector<Tensor>&)>;

// The defaults suit the precision of the build. Inputs are moved by up to twice the step, so they
// must lie further than that from kinks, ties and the edge of the domain.
struct GradcheckOptions {
  static constexpr bool exact = sizeof(Real) == 8;
  double step = exact ? 0x1p-10 : 0x1p-6;  // a power of two: x + step loses nothing
  double relative = exact ? 1e-6 : 2e-2;
  double absolute = exact ? 1e-8 : 1e-3;
  // 1: the Jacobian. 2: also the derivative of a gradient along a random direction, by the inputs
  // and by the cotangent. 3: once more.
  int order = 2;
  std::uint64_t seed = 1;     // of the cotangents and of the directions
  bool full_jacobian = true;  // else along random directions only
};

// Throws Error with function, input, index, expected and got when they differ. The values of the
// inputs are copied; f must be deterministic, and the same whether its inputs require a gradient or
// not.
void gradcheck(const std::string& name, const TensorFunction& f, const std::vector<Tensor>& inputs,
               const GradcheckOptions& options = {});

}  // namespace heed::inline HEED_REAL
