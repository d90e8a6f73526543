// The checks that every row of the table goes through.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/autograd/op_table.h"

namespace heed_test {

struct Check {
  std::string name;
  std::function<void(const Row&)> run;  // throws or fail()s when the op is wrong
};

// Those that make sense for this row: of what it computes, of its derivatives, and of what it does
// to the graph and to its surroundings.
std::vector<Check> checks_of(const Row& row);
std::vector<Check> value_checks(const Row& row);
std::vector<Check> derivative_checks(const Row& row);
std::vector<Check> graph_checks(const Row& row);

// The derivative checks alone, for the tests that break derivative rules on purpose. Throws.
void check_derivatives(const Row& row);

// ---- what the checks are made of ----

// Copies that require a gradient.
Tensors leaves_of(const Tensors& inputs);
bool same_bits(const Tensor& a, const Tensor& b);
// A random cotangent, always the same: one of ones would hide what cancels.
Tensor cotangent_for(const Tensor& y);
// Throws heed::Error unless both hold the same shape and the same numbers up to rounding; NaN
// equals NaN.
void compare(const std::string& what, const Plain& got, const Plain& expected);
// The op against its second formula. Throws.
void check_value(const Row& row, const Tensors& inputs, const std::string& what);
// The derivatives for inputs of these shapes, along random directions or in full. Throws.
void check_gradient(const Row& row, const std::vector<Shape>& shapes, bool full = false);

}  // namespace heed_test
