#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/reduction_rows.h"

namespace heed_test {
namespace {

using Group = std::vector<double>;
constexpr double inf = std::numeric_limits<double>::infinity();

double total(const Group& group) {
  double sum = 0;
  for (const double value : group) sum += value;
  return sum;
}
double average(const Group& group) { return total(group) / static_cast<double>(group.size()); }
double product(const Group& group) {
  double result = 1;
  for (const double value : group) result *= value;
  return result;
}
double length(const Group& group) {
  double squares = 0;
  for (const double value : group) squares += value * value;
  return std::sqrt(squares);
}
double variance(const Group& group, double correction) {
  double squares = 0;
  for (const double value : group) squares += std::pow(value - average(group), 2);
  return squares / std::max(0.0, static_cast<double>(group.size()) - correction);
}
double log_of_sum_of_exp(const Group& group) {
  double top = -inf;
  for (const double value : group) top = std::max(top, value);
  if (std::isinf(top) && !std::isnan(total(group))) return top;
  double sum = 0;
  for (const double value : group) sum += std::exp(value - top);
  return top + std::log(sum);
}

const Reduction sums{.op = "sum", .formula = total};
const Reduction means{.op = "mean", .formula = average};
const Reduction prods{.op = "prod", .formula = product};
// Away from zero, where a norm bends sharply.
const Reduction norms{.op = "norm", .formula = length, .domain = {.low = -2.5, .high = -0.5}};
const Reduction logsumexps{.op = "logsumexp", .formula = log_of_sum_of_exp};

Reduction variances(heed::Index correction) {
  return {.op = "var",
          .formula =
              [correction](const Group& group) {
                return variance(group, static_cast<double>(correction));
              },
          .least_extent = 2};
}

Row var_over_all() {
  Row row = over_all(variances(1), heed::var);
  row.scalars = {};  // one number has no variance: reduce_test.cpp
  row.drawn->least_rank = 1;
  return row;
}

Row var_over_axes(const std::string& variant, const Axes& axes, const heed::VarOptions& options) {
  Row row = over_axes(
      variances(options.correction), variant,
      [=](const Tensors& x) { return heed::var(x[0], axes, options); }, axes, options.keepdims);
  row.op = "var(Tensor, Axes, VarOptions)";
  row.refusals = {{.label = "axis",
                   .call =
                       [] {
                         heed::var(Tensor::ones({2, 3}), {2});
                       },
                   .text = "[var] no axis 2 in a tensor of shape (2, 3)"}};
  return row;
}

// Of one number there is none either.
Row std_row(Row row) {
  row.name = "std" + row.name.substr(3);
  row.op = "std" + row.op.substr(3);
  row.formula = [formula = row.formula](const Plains& x) {
    Plain variances = formula(x);
    for (double& value : variances.values) value = std::sqrt(value);
    return variances;
  };
  return row;
}
Row std_over_all() {
  Row row = std_row(var_over_all());
  row.call = [](const Tensors& x) { return heed::std(x[0]); };
  return row;
}
Row std_over_axes(const std::string& variant, const Axes& axes, const heed::VarOptions& options) {
  Row row = std_row(var_over_axes(variant, axes, options));
  row.call = [=](const Tensors& x) { return heed::std(x[0], axes, options); };
  row.refusals = {{.label = "axis",
                   .call = [] { heed::std(Tensor::ones({2, 3}), 2); },
                   .text = "[std] no axis 2 in a tensor of shape (2, 3)"}};
  return row;
}

using Question = bool (*)(const heed::Mask&);
using QuestionOverAxes = heed::Mask (*)(const heed::Mask&, const heed::Axes&, bool);
Row mask_over_all(const std::string& op, Question call) {
  const bool wants_all = op == "all";
  return {.name = op,
          .op = op + "(Mask)",
          .call =
              [call](const Tensors& x) {
                return Tensor::scalar(call(x[0] > -1.5) ? heed::Real{1} : heed::Real{0});
              },
          .formula =
              [wants_all](const Plains& x) {
                bool one = false, every = true;
                for (const double value : x[0].values) (value > -1.5 ? one : every) = value > -1.5;
                return Plain{Shape{}, {static_cast<double>(wants_all ? every : one)}};
              },
          .shapes = {{2, 3}},
          .more = {{{37}}, {{1}}},
          .without = {{{0}}, {{2, 0}}},
          .scalars = {{}},
          .differentiable = false,
          .refusals = {{.label = "undefined",
                        .call = [call] { call(heed::Mask()); },
                        .text = "[" + op + "] the mask is undefined"}}};
}
Row mask_over_axes(const std::string& op, const std::string& variant, QuestionOverAxes call,
                   const Axes& axes, bool keepdims) {
  const bool wants_all = op == "all";
  const Reduction reduction{.op = op, .formula = [wants_all](const Group& group) {
                              const auto yes = [](double value) { return value > 0.25; };
                              return wants_all ? std::all_of(group.begin(), group.end(), yes)
                                               : std::any_of(group.begin(), group.end(), yes);
                            }};
  Row row = over_axes(
      reduction, variant,
      [=](const Tensors& x) { return heed::to_tensor(call(x[0] > 0.25, axes, keepdims)); }, axes,
      keepdims);
  row.op = op + "(Mask, Axes, bool)";
  row.differentiable = false;
  row.refusals = {{.label = "axis",
                   .call =
                       [=] {
                         call(Tensor::ones({2, 3}) > 0.0, {2}, keepdims);
                       },
                   .text = "[" + op + "] no axis 2 in a tensor of shape (2, 3)"},
                  {.label = "undefined",
                   .call = [=] { call(heed::Mask(), {0}, keepdims); },
                   .text = "[" + op + "] the mask is undefined"}};
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

// Zeros in the way of a derivative that divides.
Row third_order(Row row) {
  row.order = 3;
  return row;
}

}  // namespace

std::vector<Row> reduce_rows() {
  const AxesOp sum = heed::sum, mean = heed::mean, prod = heed::prod, norm = heed::norm,
               logsumexp = heed::logsumexp;
  const QuestionOverAxes any = heed::any, all = heed::all;
  return {
      over_all(sums, heed::sum),
      over_all(means, heed::mean),
      over_all(prods, heed::prod),
      over_all(norms, heed::norm),
      over_all(logsumexps, heed::logsumexp),
      over_axes(sums, "first", sum, {0}, false),
      over_axes(sums, "middle_kept", sum, {1}, true),
      over_axes(sums, "last", sum, {-1}, false),
      over_axes(sums, "outer", sum, {0, 2}, false),
      over_axes(sums, "swapped_kept", sum, {-1, -2}, true),
      over_axes(sums, "none", sum, {}, false),
      over_axes(means, "first", mean, {0}, false),
      over_axes(means, "middle", mean, {1}, false),
      over_axes(means, "last_kept", mean, {-1}, true),
      over_axes(prods, "first_kept", prod, {0}, true),
      third_order(over_axes(prods, "middle", prod, {1}, false)),
      over_axes(prods, "last", prod, {-1}, false),
      over_axes(prods, "outer", prod, {0, 2}, false),
      over_axes(norms, "first", norm, {0}, false),
      over_axes(norms, "middle_kept", norm, {1}, true),
      over_axes(norms, "last", norm, {-1}, false),
      over_axes(norms, "outer_kept", norm, {2, 0}, true),
      over_axes(norms, "none", norm, {}, false),
      var_over_all(),
      var_over_axes("first_kept", {0}, {.correction = 0, .keepdims = true}),
      var_over_axes("middle", {1}, {}),
      var_over_axes("last", {-1}, {.correction = 0}),
      var_over_axes("last_two", {-1, -2}, {}),
      var_over_axes("outer", {2, 0}, {}),
      var_over_axes("outer_kept", {0, -1}, {.correction = 0, .keepdims = true}),
      std_over_all(),
      std_over_axes("middle", {1}, {}),
      std_over_axes("outer_kept", {0, -1}, {.correction = 0, .keepdims = true}),
      over_axis(sums, "one_axis", sum, -1, false),
      over_axis(means, "one_axis_kept", mean, 0, true),
      over_axis(norms, "one_axis", norm, 1, false),
      over_axis(logsumexps, "axis", logsumexp, 1, false),
      over_axes(logsumexps, "first_kept", logsumexp, {0}, true),
      over_axes(logsumexps, "last", logsumexp, {-1}, false),
      over_axes(logsumexps, "outer", logsumexp, {0, 2}, false),
      mask_over_all("any", heed::any),
      mask_over_all("all", heed::all),
      mask_over_axes("any", "outer", any, {0, 2}, false),
      mask_over_axes("any", "middle_kept", any, {1}, true),
      mask_over_axes("all", "last", all, {-1}, false),
      mask_over_axes("all", "first_kept", all, {0}, true),
      sum_to_row("scalar", {2, 3}, {}),
      sum_to_row("rows", {4, 3}, {3}),
      sum_to_row("columns", {4, 3}, {4, 1}),
      sum_to_row("middle", {2, 3, 4}, {3, 1}),
  };
}

}  // namespace heed_test
