#include <cmath>
#include <limits>
#include <utility>

#include "autograd/ops.h"
#include "tests/autograd/elementwise_row.h"

namespace heed_test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

Row unary(const std::string& name, Tensor (*op)(const Tensor&), double (*formula)(double),
          const Domain& domain, std::vector<Edge> edges) {
  return elementwise_row(name, name + "(Tensor)", op, formula, domain, std::move(edges));
}

double square(double x) { return x * x; }
double asinh(double x) {
  return std::copysign(std::log(std::abs(x) + std::sqrt(x * x + 1)), x);
}
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

Row negate() {
  return elementwise_row(
      "negate", "operator-(Tensor)", [](const Tensor& x) { return -x; },
      [](double x) { return -x; }, {}, {{inf, -inf, -1}, {-inf, inf, -1}});
}

// A derivative of 0 stays 0 however it is broken: choice_test.cpp has it.
Row step(const std::string& name, Tensor (*op)(const Tensor&), double (*formula)(double),
         const Domain& domain, std::vector<Edge> edges) {
  Row row = unary(name, op, formula, domain, std::move(edges));
  row.differentiable = false;
  return row;
}

}  // namespace

std::vector<Row> unary_rows() {
  return {
      negate(),
      unary("exp", heed::exp, [](double x) { return std::exp(x); }, {},
            {{-inf, 0, 0}, {inf, inf, inf}, {0, 1, 1}}),
      unary("expm1", heed::expm1, [](double x) { return std::expm1(x); }, {},
            {{-inf, -1, 0}, {inf, inf, inf}, {0, 0, 1}}),
      unary("log", heed::log, [](double x) { return std::log(x); }, positive,
            {{inf, inf, 0}, {0, -inf, inf}, {1, 0, 1}}),
      unary("log1p", heed::log1p, [](double x) { return std::log1p(x); }, {.low = -0.5},
            {{inf, inf, 0}, {-1, -inf, inf}, {0, 0, 1}}),
      unary("sqrt", heed::sqrt, [](double x) { return std::sqrt(x); }, positive,
            {{inf, inf, 0}, {0, 0, inf}, {4, 2, 0.25}}),
      unary("rsqrt", heed::rsqrt, [](double x) { return 1 / std::sqrt(x); }, positive,
            {{inf, 0, 0}, {0, inf, -inf}, {4, 0.5, -0.0625}}),
      unary("square", heed::square, square, {}, {{inf, inf, inf}, {-inf, inf, -inf}, {0, 0, 0}}),
      unary("abs", heed::abs, [](double x) { return std::abs(x); }, distinct,
            {{0, 0, 0}, {inf, inf, 1}, {-inf, inf, -1}}),
      unary("sin", heed::sin, [](double x) { return std::sin(x); }, {}, {{0, 0, 1}}),
      unary("cos", heed::cos, [](double x) { return std::cos(x); }, {}, {{0, 1, 0}}),
      unary("erf", heed::erf, [](double x) { return std::erf(x); }, {},
            {{inf, 1, 0}, {-inf, -1, 0}, {0, 0, 2 / std::sqrt(M_PI)}}),
      unary("tan", heed::tan, [](double x) { return std::tan(x); }, {.low = -1.2, .high = 1.2},
            {{0, 0, 1}}),
      unary("asin", heed::asin, [](double x) { return std::asin(x); },
            {.low = -0.8, .high = 0.8}, {{1, M_PI / 2, inf}, {-1, -M_PI / 2, inf}, {0, 0, 1}}),
      unary("acos", heed::acos, [](double x) { return std::acos(x); },
            {.low = -0.8, .high = 0.8}, {{1, 0, -inf}, {-1, M_PI, -inf}, {0, M_PI / 2, -1}}),
      unary("sinh", heed::sinh, [](double x) { return std::sinh(x); }, {},
            {{inf, inf, inf}, {-inf, -inf, inf}, {0, 0, 1}}),
      unary("cosh", heed::cosh, [](double x) { return std::cosh(x); }, {},
            {{inf, inf, inf}, {-inf, inf, -inf}, {0, 1, 0}}),
      unary("atan", heed::atan, [](double x) { return std::atan(x); }, {},
            {{inf, M_PI / 2, 0}, {-inf, -M_PI / 2, 0}, {0, 0, 1}}),
      unary("asinh", heed::asinh, asinh, {},
            {{inf, inf, 0}, {-inf, -inf, 0}, {0, 0, 1}}),
      unary("acosh", heed::acosh, [](double x) { return std::log(x + std::sqrt(x * x - 1)); },
            {.low = 1.5, .high = 3}, {{inf, inf, 0}, {1, 0, inf}}),
      unary("atanh", heed::atanh, [](double x) { return std::log((1 + x) / (1 - x)) / 2; },
            {.low = -0.8, .high = 0.8}, {{1, inf, inf}, {-1, -inf, inf}, {0, 0, 1}}),
      step("sign", heed::sign, sign, distinct, {{0, 0, 0}, {inf, 1, 0}, {-inf, -1, 0}}),
      step("floor", heed::floor, [](double x) { return std::floor(x); }, distinct,
            {{inf, inf, 0}, {2, 2, 0}, {-0.5, -1, 0}}),
      step("round", heed::round, [](double x) { return std::nearbyint(x); }, distinct,
            {{inf, inf, 0}, {0.5, 0, 0}, {1.5, 2, 0}, {-2.5, -2, 0}}),
  };
}

}  // namespace heed_test
