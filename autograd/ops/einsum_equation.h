// What an equation of einsum says, axis by axis.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

// A letter, or a number above all letters for an axis that "..." stands for.
using AxisLabel = int;
using AxisLabels = std::vector<AxisLabel>;

struct EinsumEquation {
  std::vector<AxisLabels> operands;  // a label for every axis
  AxisLabels output;
  std::map<AxisLabel, Index> extents;
};

// Throws as einsum does.
EinsumEquation read_equation(const std::string& text, const std::vector<Shape>& shapes);

}  // namespace heed::inline HEED_REAL
