#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/elementwise_row.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Row unary(const std::string& name, Tensor (*op)(const Tensor&), double (*formula)(double),
          const Domain& domain, std::vector<Edge> edges) {
  return elementwise_row(name, name + "(Tensor)", op, formula, domain, std::move(edges));
}

double gelu(double x) {
  if (std::isinf(x)) return x > 0 ? x : 0;
  return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double gelu_tanh(double x) {
  if (std::isinf(x)) return x > 0 ? x : 0;
  return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * std::pow(x, 3))));
}
double relu(double x) { return x > 0 || std::isnan(x) ? x : 0; }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double silu(double x) { return x == -inf ? 0 : x / (1 + std::exp(-x)); }
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

Row leaky_relu_row() {
  return elementwise_row(
      "leaky_relu", "leaky_relu(Tensor, double)",
      [](const Tensor& x) { return heed::leaky_relu(x, 0.2); },
      [](double x) { return x > 0 ? x : 0.2 * x; }, distinct,
      {{0, 0, 0.2}, {inf, inf, 1}, {-inf, -inf, 0.2}});
}

Row elu_row() {
  return elementwise_row(
      "elu", "elu(Tensor, double)", [](const Tensor& x) { return heed::elu(x, 1.5); },
      [](double x) { return x > 0 ? x : 1.5 * (std::exp(x) - 1); }, distinct,
      {{0, 0, 1.5}, {inf, inf, 1}, {-inf, -1.5, 0}, {1000, 1000, 1}});
}

// Bounds in the middle of the numbers that a row of six draws.
Row clamp_row() {
  Row row = elementwise_row(
      "clamp", "clamp(Tensor, double, double)",
      [](const Tensor& x) { return heed::clamp(x, -0.0625, 0.03125); },
      [](double x) { return std::isnan(x) ? nan : std::min(std::max(x, -0.0625), 0.03125); },
      distinct,
      {{-0.0625, -0.0625, 1},
       {0.03125, 0.03125, 1},
       {inf, 0.03125, 0},
       {-inf, -0.0625, 0},
       {nan, nan, 0}});
  const auto with_bounds = [](double low, double high) {
    return [low, high] { heed::clamp(Tensor::zeros({2}), low, high); };
  };
  row.refusals = {{"order", with_bounds(2, 1), "[clamp] low 2 must not exceed high 1"},
                  {"nan", with_bounds(0, nan), "[clamp] low 0 must not exceed high nan"}};
  return row;
}

// One side open.
Row clamp_below_row() {
  return elementwise_row("clamp_below", "clamp(Tensor, double, double)",
                         [](const Tensor& x) { return heed::clamp(x, 0, inf); }, relu, distinct,
                         {{0, 0, 1}, {inf, inf, 1}, {-inf, 0, 0}});
}

double selu(double x) {
  return 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * (std::exp(x) - 1));
}
double hard_sigmoid(double x) {
  return std::isnan(x) ? x : std::min(std::max(x / 6 + 0.5, 0.0), 1.0);
}
double hardswish(double x) { return std::isinf(x) ? (x > 0 ? x : 0) : x * hard_sigmoid(x); }
double mish(double x) { return x == -inf ? 0 : x * std::tanh(softplus(x)); }
double softsign(double x) { return std::isinf(x) ? (x > 0 ? 1 : -1) : x / (1 + std::abs(x)); }

Row celu_row() {
  Row row = elementwise_row(
      "celu", "celu(Tensor, double)", [](const Tensor& x) { return heed::celu(x, 1.5); },
      [](double x) { return x > 0 ? x : 1.5 * (std::exp(x / 1.5) - 1); }, distinct,
      {{0, 0, 1}, {inf, inf, 1}, {-inf, -1.5, 0}, {1000, 1000, 1}});
  row.refusals = {
      {"zero", [] { heed::celu(Tensor::zeros({2}), 0); }, "[celu] alpha must not be 0"}};
  return row;
}

Row prelu_row(const std::string& name, const Shape& shape, const Shape& weight) {
  Row row{.name = name,
          .op = "prelu(Tensor, Tensor)",
          .call = [](const Tensors& x) { return heed::prelu(x[0], x[1]); },
          .formula =
              [](const Plains& x) {
                return build(x[0].shape, [&](const Position& p) {
                  const Index channel = x[1].shape.size() == 1 ? 0 : p[1];
                  const double w = x[1].values[static_cast<std::size_t>(channel)];
                  return x[0](p) > 0 ? x[0](p) : w * x[0](p);
                });
              },
          .shapes = {shape, weight},
          .domains = {distinct, {}},
          .without = {{shape.with(0, 0), weight}},
          .large = {shape.with(0, 40'000), weight}};
  row.refusals = {
      {"channels", [] { heed::prelu(Tensor::ones({2, 3}), Tensor::ones({2})); },
       "[prelu] weight must be one, or one for each channel on axis 1 of x (2, 3), got (2)"},
      {"rank", [] { heed::prelu(Tensor::ones({3}), Tensor::ones({3})); },
       "[prelu] weight must be one, or one for each channel on axis 1 of x (3), got (3)"}};
  return row;
}

// One value of the first half for each of the second. Drawn axes come in pairs.
Row glu_row(const std::string& name, int axis) {
  Row row{.name = name,
          .op = "glu(Tensor, int)",
          .call = [axis](const Tensors& x) { return heed::glu(x[0], axis); },
          .formula =
              [axis](const Plains& x) {
                const int along = from_front(axis, x[0].shape.rank());
                const Index half = x[0].shape[along] / 2;
                return build(x[0].shape.with(along, half), [&, along, half](const Position& p) {
                  const Index i = p[static_cast<std::size_t>(along)];
                  return x[0](p) * sigmoid(x[0](with(p, along, i + half)));
                });
              },
          .shapes = {{2, 4}},
          .more = {{{4, 2, 38}}, {{2, 2}}},
          .without = {{{0, 2}}, {{2, 0}}},
          .large = {{300, 700}}};
  row.refusals = {{"odd", [] { heed::glu(Tensor::zeros({2, 3})); },
                   "[glu] axis -1 of x (2, 3) must have an even extent to be halved"},
                  {"scalar", [] { heed::glu(Tensor::scalar(1)); },
                   "[glu] no axis -1 in a tensor of shape ()"}};
  row.drawn = Drawn{.least_rank = 2, .shapes = [axis](const Shape& shape) {
                      return std::vector<Shape>{shape.with(axis, 2 * shape[axis])};
                    }};
  return row;
}

}  // namespace

std::vector<Row> activation_rows() {
  return {
      unary("tanh", heed::tanh, [](double x) { return std::tanh(x); }, {},
            {{inf, 1, 0}, {-inf, -1, 0}, {0, 0, 1}, {1000, 1, 0}}),
      unary("sigmoid", heed::sigmoid, sigmoid, {},
            {{inf, 1, 0}, {-inf, 0, 0}, {0, 0.5, 0.25}, {-1000, 0, 0}}),
      unary("relu", heed::relu, relu, distinct, {{0, 0, 0}, {inf, inf, 1}, {-inf, 0, 0}}),
      leaky_relu_row(),
      elu_row(),
      unary("gelu", heed::gelu, gelu, {},
            {{inf, inf, 1}, {-inf, 0, 0}, {0, 0, 0.5}, {100, 100, 1}, {-100, 0, 0}}),
      unary("gelu_tanh", heed::gelu_tanh, gelu_tanh, {},
            {{inf, inf, 1}, {-inf, 0, 0}, {0, 0, 0.5}, {100, 100, 1}, {-100, 0, 0}}),
      unary("silu", heed::silu, silu, {},
            {{inf, inf, 1}, {-inf, 0, 0}, {0, 0, 0.5}, {2000, 2000, 1}, {-2000, 0, 0}}),
      unary("softplus", heed::softplus, softplus, {},
            {{inf, inf, 1}, {-inf, 0, 0}, {1000, 1000, 1}, {-1000, 0, 0}}),
      unary("selu", heed::selu, selu, distinct,
            {{inf, inf, 1.0507009873554804934}, {-inf, -1.7580993408473768, 0}}),
      celu_row(),
      prelu_row("prelu", {3, 2}, {}),
      prelu_row("prelu_one", {3, 2}, {1}),
      prelu_row("prelu_channels", {2, 3, 2}, {3}),
      unary("hard_sigmoid", heed::hard_sigmoid, hard_sigmoid, {},
            {{3, 1, 0}, {-3, 0, 0}, {inf, 1, 0}, {-inf, 0, 0}, {6, 1, 0}, {nan, nan, 0}}),
      unary("hardswish", heed::hardswish, hardswish, {},
            {{3, 3, 1}, {-3, 0, 0}, {inf, inf, 1}, {-inf, 0, 0}, {1, 2.0 / 3, 5.0 / 6}}),
      unary("mish", heed::mish, mish, {},
            {{inf, inf, 1}, {-inf, 0, 0}, {0, 0, 0.6}, {100, 100, 1}, {-2000, 0, 0}}),
      unary("softsign", heed::softsign, softsign, distinct,
            {{0, 0, 1}, {inf, 1, 0}, {-inf, -1, 0}}),
      clamp_row(),
      clamp_below_row(),
      glu_row("glu", -1),
      glu_row("glu_first", 0),
  };
}

}  // namespace heed_test
