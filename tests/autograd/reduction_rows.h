// Rows of ops that make one of several elements: over all axes, over a list of them, over one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/autograd/op_table.h"

namespace heed_test {

using Axes = std::vector<int>;
using AllOp = Tensor (*)(const Tensor&);
using AxesOp = Tensor (*)(const Tensor&, const Axes&, bool);
using AxisOp = Tensor (*)(const Tensor&, int, bool);

struct Reduction {
  std::string op;
  std::function<double(const std::vector<double>&)> formula;  // of what becomes one
  Domain domain = {};
  bool of_nothing = true;  // defined where there is nothing
  Index least_extent = of_nothing ? 0 : 1;
};

Row over_all(const Reduction& reduction, AllOp call);
// Any call that takes these axes away.
Row over_axes(const Reduction& reduction, const std::string& variant,
              const heed::TensorFunction& call, const Axes& axes, bool keepdims);
Row over_axes(const Reduction& reduction, const std::string& variant, AxesOp call, const Axes& axes,
              bool keepdims);
Row over_axis(const Reduction& reduction, const std::string& variant, AxisOp call, int axis,
              bool keepdims);

}  // namespace heed_test
