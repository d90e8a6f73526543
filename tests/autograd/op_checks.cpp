#include "tests/autograd/op_checks.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "autograd/random.h"

namespace heed_test {

Tensors leaves_of(const Tensors& inputs) {
  Tensors leaves;
  for (const Tensor& x : inputs) leaves.push_back(Tensor(x.shape(), x.values()).require_grad());
  return leaves;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         (a.size() == 0 ||
          std::memcmp(a.data(), b.data(),
                      static_cast<std::size_t>(a.size()) * sizeof(heed::Real)) == 0);
}

Tensor cotangent_for(const Tensor& y) { return heed::Generator(11).normal(y.shape()); }

void compare(const std::string& what, const Plain& got, const Plain& expected) {
  constexpr double tolerance = sizeof(heed::Real) == 8 ? 1e-12 : 2e-5;
  if (!(got.shape == expected.shape)) {
    throw heed::Error(
        fmt::format("{}: shape {}, expected {}", what, got.shape.str(), expected.shape.str()));
  }
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double a = got.values[i], b = expected.values[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    // Beside an infinity everything would be near enough.
    if (std::isfinite(b) && std::abs(a - b) <= tolerance * (1 + std::abs(b))) continue;
    throw heed::Error(fmt::format("{}: at [{}] of {}: {:.17g}, expected {:.17g}", what, i,
                                  got.shape.str(), a, b));
  }
}

void check_value(const Row& row, const Tensors& inputs, const std::string& what) {
  Plains values;
  for (const Tensor& x : inputs) values.push_back(plain(x));
  compare(what, plain(row.call(inputs)), row.formula(values));
}

void check_gradient(const Row& row, const std::vector<Shape>& shapes, bool full) {
  heed::gradcheck(row.name, row.call, draw_inputs(row, shapes),
                  {.order = row.order, .full_jacobian = full});
}

void check_derivatives(const Row& row) {
  heed::gradcheck(row.name, row.call, draw_inputs(row, row.shapes), {.order = row.order});
}

std::vector<Check> checks_of(const Row& row) {
  std::vector<Check> checks;
  for (const auto part : {value_checks, derivative_checks, graph_checks}) {
    for (Check& check : part(row)) checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace heed_test
