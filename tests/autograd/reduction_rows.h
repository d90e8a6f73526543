// Rows of ops that make one of several elements: over all axes, over a list of them, over one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/axes.h"
#include "tests/autograd/op_table.h"

namespace heed_test {

using Axes = std::vector<int>;
using AllOp = Tensor (*)(const Tensor&);
using AxesOp = Tensor (*)(const Tensor&, const heed::Axes&, bool);

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
// One axis, named as a number.
Row over_axis(const Reduction& reduction, const std::string& variant, AxesOp call, int axis,
              bool keepdims);

}  // namespace heed_test
