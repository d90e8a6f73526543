#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/elementwise_row.h"

namespace heed_test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class Op, class Number>
Row binary(const std::string& name, const std::string& op, Op call, Number number,
           std::vector<Domain> domains = {}) {
  return {.name = name,
          .op = op + "(Tensor, Tensor)",
          .call = [call](const Tensors& x) { return call(x[0], x[1]); },
          .formula =
              [number](const Plains& x) {
                return build(stretched(x[0].shape, x[1].shape),
                             [&](const Position& p) { return number(x[0](p), x[1](p)); });
              },
          .shapes = {{2, 3}, {2, 3}},
          .domains = std::move(domains),
          .more = {{{37}, {37}}, {{5, 19}, {5, 19}}},
          .without = {{{0}, {0}}, {{0, 3}, {3}}, {{2, 0}, {1}}, {{2, 1}, {0}}},
          .scalars = {{}, {}},
          .large = {{600, 601}, {601}},
          .broadcasts = true,
          .refusals = {{.label = "shapes",
                        .call =
                            [call] {
                              call(Tensor::ones({2, 3}), Tensor::ones({2, 4}));
                            },
                        .text = "[" + name +
                                "] shapes (2, 3) and (2, 4) do not broadcast: 3 vs 4 in axis -1"}}};
}

double larger(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : std::max(a, b); }
double smaller(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : std::min(a, b); }

Row with_number(const std::string& name, const std::string& op, Tensor (*call)(const Tensor&),
                double (*formula)(double), std::vector<Edge> edges, const Domain& domain = {}) {
  return elementwise_row(name, op, call, formula, domain, std::move(edges));
}

}  // namespace

std::vector<Row> binary_rows() {
  using T = Tensor;
  return {
      binary(
          "add", "operator+", [](const T& a, const T& b) { return a + b; },
          [](double a, double b) { return a + b; }),
      binary(
          "subtract", "operator-", [](const T& a, const T& b) { return a - b; },
          [](double a, double b) { return a - b; }),
      binary(
          "multiply", "operator*", [](const T& a, const T& b) { return a * b; },
          [](double a, double b) { return a * b; }),
      binary(
          "divide", "operator/", [](const T& a, const T& b) { return a / b; },
          [](double a, double b) { return a / b; }, {{}, positive}),
      binary("maximum", "maximum", [](const T& a, const T& b) { return heed::maximum(a, b); },
             larger, {distinct, distinct}),
      binary("minimum", "minimum", [](const T& a, const T& b) { return heed::minimum(a, b); },
             smaller, {distinct, distinct}),
      binary(
          "pow", "pow", [](const T& a, const T& b) { return heed::pow(a, b); },
          [](double a, double b) { return std::pow(a, b); }, {positive, {}}),
  };
}

std::vector<Row> scalar_rows() {
  using T = Tensor;
  return {
      with_number(
          "add_number", "operator+(Tensor, double)", [](const T& x) { return x + 2.5; },
          [](double x) { return x + 2.5; }, {{inf, inf, 1}, {-inf, -inf, 1}}),
      with_number(
          "subtract_number", "operator-(Tensor, double)", [](const T& x) { return x - 2.5; },
          [](double x) { return x - 2.5; }, {{inf, inf, 1}, {-inf, -inf, 1}}),
      with_number(
          "multiply_number", "operator*(Tensor, double)", [](const T& x) { return x * -1.5; },
          [](double x) { return x * -1.5; }, {{inf, -inf, -1.5}, {-inf, inf, -1.5}}),
      with_number(
          "divide_number", "operator/(Tensor, double)", [](const T& x) { return x / -4; },
          [](double x) { return x / -4; }, {{inf, -inf, -0.25}, {-inf, inf, -0.25}}),
      with_number(
          "number_add", "operator+(double, Tensor)", [](const T& x) { return 2.5 + x; },
          [](double x) { return 2.5 + x; }, {{inf, inf, 1}, {-inf, -inf, 1}}),
      with_number(
          "number_subtract", "operator-(double, Tensor)", [](const T& x) { return 2.5 - x; },
          [](double x) { return 2.5 - x; }, {{inf, -inf, -1}, {-inf, inf, -1}}),
      with_number(
          "number_multiply", "operator*(double, Tensor)", [](const T& x) { return -1.5 * x; },
          [](double x) { return -1.5 * x; }, {{inf, -inf, -1.5}, {-inf, inf, -1.5}}),
      with_number(
          "number_divide", "operator/(double, Tensor)", [](const T& x) { return 2.5 / x; },
          [](double x) { return 2.5 / x; }, {{inf, 0, 0}, {-inf, 0, 0}, {0, inf, -inf}}, positive),
      with_number(
          "maximum_number", "maximum(Tensor, double)",
          [](const T& x) { return heed::maximum(x, 0.03125); },
          [](double x) { return larger(x, 0.03125); }, {{0.03125, 0.03125, 0.5}, {inf, inf, 1}},
          distinct),
      with_number(
          "minimum_number", "minimum(Tensor, double)",
          [](const T& x) { return heed::minimum(x, 0.03125); },
          [](double x) { return smaller(x, 0.03125); },
          {{0.03125, 0.03125, 0.5}, {inf, 0.03125, 0}}, distinct),
  };
}

std::vector<Row> power_rows() {
  using T = Tensor;
  return {
      with_number(
          "pow_number", "pow(Tensor, double)", [](const T& x) { return heed::pow(x, -1.5); },
          [](double x) { return std::pow(x, -1.5); },
          {{0, inf, -inf}, {inf, 0, 0}, {1, 1, -1.5}, {-1, nan, nan}}, positive),
      with_number(
          "pow_number_3", "pow(Tensor, double)", [](const T& x) { return heed::pow(x, 3); },
          [](double x) { return x * x * x; }, {{0, 0, 0}, {-2, -8, 12}, {-inf, -inf, inf}}),
      with_number(
          "pow_number_2", "pow(Tensor, double)", [](const T& x) { return heed::pow(x, 2); },
          [](double x) { return x * x; }, {{0, 0, 0}, {-2, 4, -4}, {-inf, inf, -inf}}),
      with_number(
          "pow_number_1", "pow(Tensor, double)", [](const T& x) { return heed::pow(x, 1); },
          [](double x) { return x; }, {{0, 0, 1}, {-2, -2, 1}, {-inf, -inf, 1}}),
      with_number(
          "pow_number_0", "pow(Tensor, double)", [](const T& x) { return heed::pow(x, 0); },
          [](double) { return 1.0; }, {{0, 1, 0}, {nan, 1, 0}, {-inf, 1, 0}}),
      with_number(
          "number_pow", "pow(double, Tensor)", [](const T& x) { return heed::pow(2.5, x); },
          [](double x) { return std::pow(2.5, x); },
          {{0, 1, std::log(2.5)}, {-inf, 0, 0}, {inf, inf, inf}}),
      with_number(
          "number_0_pow", "pow(double, Tensor)", [](const T& x) { return heed::pow(0, x); },
          [](double x) { return std::pow(0.0, x); }, {{0, 1, 0}, {2, 0, 0}, {-1, inf, -inf}},
          positive),
  };
}

}  // namespace heed_test
