#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/elementwise_row.h"

namespace heed_test {
namespace {

using heed::Mask;

// Every third yes.
Mask thirds(const Shape& shape) {
  std::vector<std::uint8_t> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 3 == 0;
  return Mask(shape, values);
}
bool taken(const Shape& shape, const Position& position) {
  Index offset = 0;
  for (int i = 0; i < shape.rank(); ++i) {
    offset = offset * shape[i] + position[static_cast<std::size_t>(i)];
  }
  return offset % 3 == 0;
}

double not_negative(double x) { return x < 0 ? 0 : x; }

// Negative numbers become 0 first: else there would be no ties to speak of.
template <class Compare, class Number>
Row comparison(const std::string& name, const std::string& op, Compare compare, Number number) {
  return {.name = name,
          .op = op + "(Tensor, Tensor)",
          .call =
              [compare](const Tensors& x) {
                return heed::to_tensor(compare(heed::relu(x[0]), heed::relu(x[1])));
              },
          .formula =
              [number](const Plains& x) {
                return build(stretched(x[0].shape, x[1].shape), [&](const Position& p) {
                  return number(not_negative(x[0](p)), not_negative(x[1](p))) ? 1.0 : 0.0;
                });
              },
          .shapes = {{4, 3}, {4, 3}},
          .more = {{{37}, {37}}},
          .without = {{{0}, {0}}, {{2, 0}, {1}}},
          .scalars = {{}, {}},
          .large = {{600, 601}, {601}},
          .broadcasts = true,
          .differentiable = false,
          .refusals = {{.label = "shapes",
                        .call =
                            [compare] {
                              compare(Tensor::ones({2, 3}), Tensor::ones({2, 4}));
                            },
                        .text = "[" + name +
                                "] shapes (2, 3) and (2, 4) do not broadcast: 3 vs 4 "
                                "in axis -1"}}};
}

// With 0, against which half of the numbers are ties.
template <class Compare, class Number>
Row comparison_with_number(const std::string& name, const std::string& op, Compare compare,
                           Number number) {
  Row row = elementwise_row(
      name, op, [compare](const Tensor& x) { return heed::to_tensor(compare(heed::relu(x))); },
      [number](double x) { return number(not_negative(x)) ? 1.0 : 0.0; }, {}, {});
  row.differentiable = false;
  return row;
}

Row where_row() {
  return {.name = "where",
          .op = "where(Mask, Tensor, Tensor)",
          .call =
              [](const Tensors& x) {
                return heed::where(thirds(stretched(x[0].shape(), x[1].shape())), x[0], x[1]);
              },
          .formula =
              [](const Plains& x) {
                const Shape shape = stretched(x[0].shape, x[1].shape);
                return build(
                    shape, [&](const Position& p) { return taken(shape, p) ? x[0](p) : x[1](p); });
              },
          .shapes = {{2, 3}, {2, 3}},
          .more = {{{37}, {37}}},
          .without = {{{0}, {0}}, {{2, 0}, {1}}},
          .scalars = {{}, {}},
          .large = {{600, 601}, {601}},
          .broadcasts = true};
}

Row where_number_row(bool number_first) {
  return {.name = number_first ? "where_number_first" : "where_number",
          .op = number_first ? "where(Mask, double, Tensor)" : "where(Mask, Tensor, double)",
          .call =
              [number_first](const Tensors& x) {
                const Mask mask = thirds(x[0].shape());
                return number_first ? heed::where(mask, -7.5, x[0]) : heed::where(mask, x[0], -7.5);
              },
          .formula =
              [number_first](const Plains& x) {
                return build(x[0].shape, [&](const Position& p) {
                  return taken(x[0].shape, p) != number_first ? x[0](p) : -7.5;
                });
              },
          .shapes = {{2, 3}},
          .more = {{{37}}},
          .without = {{{0}}, {{2, 0}}},
          .scalars = {{}},
          .large = {{300'001}}};
}

// The mask is the one that stretches.
Row where_small_mask_row() {
  return {.name = "where_small_mask",
          .op = "where(Mask, Tensor, Tensor)",
          .call =
              [](const Tensors& x) {
                return heed::where(thirds(Shape{x[0].dim(0), 1}), x[0], x[1]);
              },
          .formula =
              [](const Plains& x) {
                return build(x[0].shape,
                             [&](const Position& p) { return p[0] % 3 == 0 ? x[0](p) : x[1](p); });
              },
          .shapes = {{4, 3}, {4, 3}},
          .more = {{{7, 19}, {7, 19}}},
          .without = {{{0, 3}, {0, 3}}},
          .large = {{600, 601}, {600, 601}}};
}

Row to_tensor_row() {
  Row row = elementwise_row("to_tensor", "to_tensor(Mask)",
                            [](const Tensor& x) { return heed::to_tensor(thirds(x.shape())); }, {},
                            {}, {});
  row.formula = [](const Plains& x) {
    return build(x[0].shape, [&](const Position& p) { return taken(x[0].shape, p) ? 1.0 : 0.0; });
  };
  row.differentiable = false;
  return row;
}

Row isfinite_row() {
  Row row = elementwise_row(
      "isfinite", "isfinite(Tensor)",
      [](const Tensor& x) { return heed::to_tensor(heed::isfinite(1 / heed::relu(x))); },
      [](double x) { return x > 0 || std::isnan(x) ? 1.0 * !std::isnan(x) : 0.0; }, {}, {});
  row.differentiable = false;
  return row;
}

// Of rows that differ by up to 4e-2 of their sizes; choice_test.cpp has the edges.
Row allclose_row(double rtol) {
  return {.name = rtol > 0.1 ? "allclose" : "allclose_not",
          .op = "allclose(Tensor, Tensor, double, double, bool)",
          .call =
              [rtol](const Tensors& x) {
                const Tensor near = x[0] * (1 + 0.01 * x[1]);
                return Tensor::scalar(heed::allclose(near, x[0], rtol) ? 1 : 0);
              },
          .formula = [rtol](const Plains& x) {
            bool close = true;
            for (const double a : x[0].values) {
              for (const double b : x[1].values) {
                close = close && std::abs(0.01 * a * b) <= 1e-8 + rtol * std::abs(a);
              }
            }
            return Plain{Shape{}, {close ? 1.0 : 0.0}};
          },
          .shapes = {{4, 3}, {1}},
          .more = {{{37}, {1}}},
          .without = {{{0}, {1}}},
          .scalars = {{}, {}},
          .differentiable = false};
}

}  // namespace

std::vector<Row> comparison_rows() {
  using T = Tensor;
  return {
      comparison(
          "greater", "operator>", [](const T& a, const T& b) { return a > b; },
          [](double a, double b) { return a > b; }),
      comparison(
          "less", "operator<", [](const T& a, const T& b) { return a < b; },
          [](double a, double b) { return a < b; }),
      comparison(
          "greater_equal", "operator>=", [](const T& a, const T& b) { return a >= b; },
          [](double a, double b) { return a >= b; }),
      comparison(
          "less_equal", "operator<=", [](const T& a, const T& b) { return a <= b; },
          [](double a, double b) { return a <= b; }),
      comparison(
          "eq", "eq", [](const T& a, const T& b) { return heed::eq(a, b); },
          [](double a, double b) { return a == b; }),
      comparison(
          "ne", "ne", [](const T& a, const T& b) { return heed::ne(a, b); },
          [](double a, double b) { return a != b; }),
      comparison_with_number(
          "greater_number", "operator>(Tensor, double)", [](const T& x) { return x > 0.0; },
          [](double x) { return x > 0; }),
      comparison_with_number(
          "less_number", "operator<(Tensor, double)", [](const T& x) { return x < 0.0; },
          [](double x) { return x < 0; }),
      comparison_with_number(
          "greater_equal_number", "operator>=(Tensor, double)", [](const T& x) { return x >= 0.0; },
          [](double x) { return x >= 0; }),
      comparison_with_number(
          "less_equal_number", "operator<=(Tensor, double)", [](const T& x) { return x <= 0.0; },
          [](double x) { return x <= 0; }),
      comparison_with_number(
          "eq_number", "eq(Tensor, double)", [](const T& x) { return heed::eq(x, 0.0); },
          [](double x) { return x == 0; }),
      comparison_with_number(
          "ne_number", "ne(Tensor, double)", [](const T& x) { return heed::ne(x, 0.0); },
          [](double x) { return x != 0; }),
  };
}

std::vector<Row> choice_rows() {
  return {
      where_row(),     where_number_row(false), where_number_row(true), where_small_mask_row(),
      to_tensor_row(), isfinite_row(),          allclose_row(0.5),       allclose_row(1e-6),
  };
}

}  // namespace heed_test
