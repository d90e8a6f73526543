#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using Axes = std::vector<int>;
constexpr double inf = std::numeric_limits<double>::infinity();

Axes all_axes(const Shape& shape) {
  Axes axes;
  for (int i = 0; i < shape.rank(); ++i) axes.push_back(i);
  return axes;
}

bool among(const Axes& axes, int axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

// Gathers the values that fall together and lets `total` make one of them. Axes count from the
// front.
Plain reduced(const Plain& x, const Axes& axes, bool keepdims,
              double (*total)(const std::vector<double>&)) {
  Shape kept = x.shape;
  for (const int axis : axes) kept = kept.with(axis, 1);
  Shape shape;
  for (int i = 0; i < kept.rank(); ++i) {
    if (keepdims || !among(axes, i)) shape = shape.inserted(shape.rank(), kept[i]);
  }
  Plain result{shape, {}};
  each_position(kept, [&](const Position& place) {
    std::vector<double> group;
    each_position(x.shape, [&](const Position& p) {
      for (int i = 0; i < kept.rank(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (!among(axes, i) && p[at] != place[at]) return;
      }
      group.push_back(x(p));
    });
    result.values.push_back(total(group));
  });
  return result;
}

double total(const std::vector<double>& group) {
  double sum = 0;
  for (const double value : group) sum += value;
  return sum;
}
double average(const std::vector<double>& group) {
  return total(group) / static_cast<double>(group.size());
}
double largest(const std::vector<double>& group) {
  double best = -inf;
  for (const double value : group) best = std::isnan(value) || value > best ? value : best;
  for (const double value : group) best = std::isnan(value) ? value : best;
  return best;
}
double log_of_sum_of_exp(const std::vector<double>& group) {
  const double top = largest(group);
  if (std::isinf(top)) return top;
  double sum = 0;
  for (const double value : group) sum += std::exp(value - top);
  return top + std::log(sum);
}
double place_of_largest(const std::vector<double>& group) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < group.size(); ++i) {
    if (std::isnan(group[best])) break;
    if (std::isnan(group[i]) || group[i] > group[best]) best = i;
  }
  return static_cast<double>(best);
}

Row over_all(const std::string& name, Tensor (*op)(const Tensor&),
             double (*formula)(const std::vector<double>&)) {
  return {.name = name,
          .op = name + "(Tensor)",
          .call = [op](const Tensors& x) { return op(x[0]); },
          .formula =
              [formula](const Plains& x) {
                return reduced(x[0], all_axes(x[0].shape), false, formula);
              },
          .shapes = {{2, 3}},
          .more = {{{37}}, {{4, 1, 5}}},
          .without = {{{0}}, {{2, 0}}},
          .scalars = {{}},
          .large = {{300'001}}};
}

using AxesOp = Tensor (*)(const Tensor&, const Axes&, bool);
Row over_axes(const std::string& op, const std::string& variant, AxesOp call,
              double (*formula)(const std::vector<double>&), const Axes& axes, bool keepdims) {
  return {.name = op + "_" + variant,
          .op = op + "(Tensor, std::vector<int>, bool)",
          .call = [=](const Tensors& x) { return call(x[0], axes, keepdims); },
          .formula =
              [=](const Plains& x) {
                Axes from_front = axes;
                for (int& axis : from_front) axis += axis < 0 ? x[0].shape.rank() : 0;
                return reduced(x[0], from_front, keepdims, formula);
              },
          .shapes = {{2, 3, 2}},
          .more = {{{5, 4, 19}}, {{1, 7, 1}}},
          .without = {{{0, 3, 2}}, {{2, 0, 2}}, {{2, 3, 0}}},
          .large = {{40, 90, 101}},
          .refusals = {{.label = "axis",
                        .call =
                            [=] {
                              call(Tensor::ones({2, 3}), {2}, keepdims);
                            },
                        .text = "[" + op + "] no axis 2 in a tensor of shape (2, 3)"}}};
}

using AxisOp = Tensor (*)(const Tensor&, int, bool);
Row over_axis(const std::string& op, const std::string& variant, AxisOp call,
              double (*formula)(const std::vector<double>&), int axis, bool keepdims,
              const Domain& domain) {
  return {.name = op + "_" + variant,
          .op = op + "(Tensor, int, bool)",
          .call = [=](const Tensors& x) { return call(x[0], axis, keepdims); },
          .formula =
              [=](const Plains& x) {
                const int from_front = axis < 0 ? axis + x[0].shape.rank() : axis;
                return reduced(x[0], {from_front}, keepdims, formula);
              },
          .shapes = {{2, 3, 2}},
          .domains = {domain},
          .more = {{{5, 4, 19}}, {{1, 7, 1}}},
          .without = {{axis == 1 ? Shape{0, 3, 2} : Shape{2, 0, 2}}},
          .large = {{40, 90, 101}},
          .refusals = {{.label = "axis",
                        .call =
                            [=] {
                              call(Tensor::ones({2, 3}), 2, keepdims);
                            },
                        .text = "[" + op + "] no axis 2 in a tensor of shape (2, 3)"}}};
}

Row argmax_row(int axis) {
  Row row = over_axis("argmax", axis == 1 ? "middle" : "last", nullptr, place_of_largest, axis,
                      false, distinct);
  row.op = "argmax(Tensor, int)";
  row.call = [axis](const Tensors& x) {
    const heed::Indices places = heed::argmax(x[0], axis);
    return Tensor(places.shape(),
                  std::vector<heed::Real>(places.values().begin(), places.values().end()));
  };
  row.refusals = {};
  row.differentiable = false;
  return row;
}

Row sum_to_row(const std::string& variant, const Shape& from, const Shape& to) {
  return {.name = "sum_to_" + variant,
          .op = "sum_to(Tensor, Shape)",
          .call = [to](const Tensors& x) { return heed::sum_to(x[0], to); },
          .formula =
              [to](const Plains& x) {
                Plain result = build(to, [](const Position&) { return 0.0; });
                each_position(x[0].shape, [&](const Position& p) {
                  Index offset = 0;
                  for (int i = 0; i < to.rank(); ++i) {
                    const auto at = static_cast<std::size_t>(x[0].shape.rank() - to.rank() + i);
                    offset = offset * to[i] + (to[i] == 1 ? 0 : p[at]);
                  }
                  result.values[static_cast<std::size_t>(offset)] += x[0](p);
                });
                return result;
              },
          .shapes = {from}};
}

}  // namespace

std::vector<Row> reduce_rows() {
  const AxesOp sum = heed::sum, mean = heed::mean;
  const AxisOp max = heed::max, logsumexp = heed::logsumexp;
  return {
      over_all("sum", heed::sum, total),
      over_all("mean", heed::mean, average),
      over_axes("sum", "first", sum, total, {0}, false),
      over_axes("sum", "middle_kept", sum, total, {1}, true),
      over_axes("sum", "last", sum, total, {-1}, false),
      over_axes("sum", "outer", sum, total, {0, 2}, false),
      over_axes("sum", "swapped_kept", sum, total, {-1, -2}, true),
      over_axes("mean", "first", mean, average, {0}, false),
      over_axes("mean", "middle", mean, average, {1}, false),
      over_axes("mean", "last_kept", mean, average, {-1}, true),
      over_axis("max", "first", max, largest, 0, false, distinct),
      over_axis("max", "middle_kept", max, largest, 1, true, distinct),
      over_axis("max", "last", max, largest, -1, false, distinct),
      over_axis("logsumexp", "middle", logsumexp, log_of_sum_of_exp, 1, false, {}),
      over_axis("logsumexp", "last_kept", logsumexp, log_of_sum_of_exp, -1, true, {}),
      argmax_row(1),
      argmax_row(-1),
      sum_to_row("scalar", {2, 3}, {}),
      sum_to_row("rows", {4, 3}, {3}),
      sum_to_row("columns", {4, 3}, {4, 1}),
      sum_to_row("middle", {2, 3, 4}, {3, 1}),
  };
}

}  // namespace heed_test
