#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

Row unary(const std::string& name, Tensor (*op)(const Tensor&), double (*formula)(double),
          const Domain& domain, std::vector<Edge> edges) {
  return {.name = name,
          .op = name + "(Tensor)",
          .call = [op](const Tensors& x) { return op(x[0]); },
          .formula =
              [formula](const Plains& x) {
                return build(x[0].shape, [&](const Position& p) { return formula(x[0](p)); });
              },
          .shapes = {{2, 3}},
          .domains = {domain},
          .more = {{{37}}, {{1}}, {{2, 3, 1, 5}}},
          .without = {{{0}}, {{2, 0, 3}}},
          .scalars = {{}},
          .large = {{300'001}},
          .edges = std::move(edges)};
}

double gelu(double x) {
  if (std::isinf(x)) return x > 0 ? x : 0;
  return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double relu(double x) { return x > 0 || std::isnan(x) ? x : 0; }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double square(double x) { return x * x; }

Row negate() {
  Row row = unary(
      "negate", [](const Tensor& x) { return -x; }, [](double x) { return -x; }, {},
      {{inf, -inf, -1}, {-inf, inf, -1}});
  row.op = "operator-(Tensor)";
  return row;
}

}  // namespace

std::vector<Row> unary_rows() {
  return {
      negate(),
      unary("exp", heed::exp, [](double x) { return std::exp(x); }, {},
            {{-inf, 0, 0}, {inf, inf, inf}, {0, 1, 1}}),
      unary("log", heed::log, [](double x) { return std::log(x); }, positive,
            {{inf, inf, 0}, {0, -inf, inf}, {1, 0, 1}}),
      unary("sqrt", heed::sqrt, [](double x) { return std::sqrt(x); }, positive,
            {{inf, inf, 0}, {0, 0, inf}, {4, 2, 0.25}}),
      unary("square", heed::square, square, {}, {{inf, inf, inf}, {-inf, inf, -inf}, {0, 0, 0}}),
      unary("abs", heed::abs, [](double x) { return std::abs(x); }, distinct,
            {{0, 0, 0}, {inf, inf, 1}, {-inf, inf, -1}}),
      unary("sin", heed::sin, [](double x) { return std::sin(x); }, {}, {{0, 0, 1}}),
      unary("cos", heed::cos, [](double x) { return std::cos(x); }, {}, {{0, 1, 0}}),
      unary("erf", heed::erf, [](double x) { return std::erf(x); }, {},
            {{inf, 1, 0}, {-inf, -1, 0}, {0, 0, 2 / std::sqrt(M_PI)}}),
      unary("tanh", heed::tanh, [](double x) { return std::tanh(x); }, {},
            {{inf, 1, 0}, {-inf, -1, 0}, {0, 0, 1}, {1000, 1, 0}}),
      unary("sigmoid", heed::sigmoid, sigmoid, {},
            {{inf, 1, 0}, {-inf, 0, 0}, {0, 0.5, 0.25}, {-1000, 0, 0}}),
      unary("relu", heed::relu, relu, distinct, {{0, 0, 0}, {inf, inf, 1}, {-inf, 0, 0}}),
      unary("gelu", heed::gelu, gelu, {},
            {{inf, inf, 1}, {-inf, 0, 0}, {0, 0, 0.5}, {100, 100, 1}, {-100, 0, 0}}),
      unary("softplus", heed::softplus, softplus, {},
            {{inf, inf, 1}, {-inf, 0, 0}, {1000, 1000, 1}, {-1000, 0, 0}}),
  };
}

}  // namespace heed_test
