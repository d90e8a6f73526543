#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using Line = std::vector<double>;
using Places = std::vector<std::size_t>;

// f of every line of x along the axis, as a line of the result.
Plain along(const Plain& x, int axis, const std::function<Line(const Line&)>& f) {
  const int front = axis < 0 ? axis + x.shape.rank() : axis;
  const Index n = x.shape[front];
  const auto extent = static_cast<Index>(f(Line(static_cast<std::size_t>(n), 0)).size());
  return build(x.shape.with(front, extent), [&](const Position& p) {
    Line line;
    for (Index i = 0; i < n; ++i) line.push_back(x(with(p, front, i)));
    return f(line).at(static_cast<std::size_t>(p[static_cast<std::size_t>(front)]));
  });
}

// What belongs first: the places of the smallest or largest, NaN being larger than all.
Places in_order(const Line& line, bool largest_first) {
  const auto below = [](double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); };
  Places places(line.size());
  std::iota(places.begin(), places.end(), 0);
  std::stable_sort(places.begin(), places.end(), [&](std::size_t i, std::size_t j) {
    return largest_first ? below(line[j], line[i]) : below(line[i], line[j]);
  });
  return places;
}

Tensor as_tensor(const heed::Indices& x) {
  return Tensor(x.shape(), std::vector<heed::Real>(x.values().begin(), x.values().end()));
}

Row line_row(const std::string& name, const std::string& op, const heed::TensorFunction& call,
             int axis, const std::function<Line(const Line&)>& formula) {
  return {.name = name,
          .op = op,
          .call = call,
          .formula = [=](const Plains& x) { return along(x[0], axis, formula); },
          .shapes = {{2, 3, 2}},
          .domains = {distinct},
          // Few numbers: distinct ones grow with their count, and in float a difference quotient of
          // large numbers is rough.
          .more = {{{4, 19}}, {{33, 3}}, {{2, 6, 7}}},
          .without = {{{0, 3, 2}}, {{2, 3, 0}}},
          .large = {{40, 90, 101}},
          .drawn = Drawn{.least_rank = axis < 0 ? -axis : axis + 1}};
}

Refusal no_axis(const std::string& op, std::function<void()> call) {
  return {.label = "axis",
          .call = std::move(call),
          .text = "[" + op + "] no axis 2 in a tensor of shape (2, 3)"};
}

Row cumsum_row(const std::string& variant, int axis, bool reverse, bool exclusive = false) {
  Row row = line_row(
      "cumsum_" + variant, "cumsum(Tensor, int, bool, bool)",
      [=](const Tensors& x) { return heed::cumsum(x[0], axis, reverse, exclusive); }, axis,
      [=](const Line& line) {
        Line sums(line.size(), 0);
        for (std::size_t i = 0; i < line.size(); ++i) {
          for (std::size_t j = 0; j < line.size(); ++j) {
            if (exclusive && j == i) continue;
            if (reverse ? j >= i : j <= i) sums[i] += line[j];
          }
        }
        return sums;
      });
  row.domains = {};
  row.more = {{{5, 4, 19}}, {{3, 70, 2}}, {{2, 6, 7}}};
  row.without.push_back({{2, 0, 2}});
  row.refusals = {no_axis("cumsum", [] { heed::cumsum(Tensor::ones({2, 3}), 2); })};
  return row;
}

Row cumprod_row(const std::string& variant, int axis) {
  Row row = line_row(
      "cumprod_" + variant, "cumprod(Tensor, int)",
      [=](const Tensors& x) { return heed::cumprod(x[0], axis); }, axis,
      [](const Line& line) {
        Line products(line.size(), 1);
        for (std::size_t i = 0; i < line.size(); ++i) {
          for (std::size_t j = 0; j <= i; ++j) products[i] *= line[j];
        }
        return products;
      });
  row.domains = {};
  row.more = {{{5, 4, 19}}, {{3, 70, 2}}, {{2, 6, 7}}};
  row.without.push_back({{2, 0, 2}});
  row.refusals = {no_axis("cumprod", [] { heed::cumprod(Tensor::ones({2, 3}), 2); })};
  row.order = 3;
  return row;
}

// Zeros, several a line, in the way of a derivative that divides.
Row cumprod_of_zeros() {
  Row row = cumprod_row("of_zeros", 1);
  row.domains = {{.low = 0, .high = 0}};
  row.shapes = {{2, 5, 2}};
  row.call = [](const Tensors& x) {
    const Index n = x[0].size();
    std::vector<heed::Real> values;
    for (Index i = 0; i < n; ++i) values.push_back(static_cast<heed::Real>(i % 3) - 1);
    return heed::cumprod(x[0] + Tensor(x[0].shape(), values), 1);
  };
  row.formula = [formula = row.formula](Plains x) {
    for (std::size_t i = 0; i < x[0].values.size(); ++i) {
      x[0].values[i] += static_cast<double>(i % 3) - 1;
    }
    return formula(x);
  };
  return row;
}

Row sort_row(const std::string& variant, int axis, bool descending) {
  Row row = line_row(
      "sort_" + variant, "sort(Tensor, int, bool)",
      [=](const Tensors& x) { return heed::sort(x[0], axis, descending).values; }, axis,
      [=](const Line& line) {
        Line sorted;
        for (const std::size_t place : in_order(line, descending)) sorted.push_back(line[place]);
        return sorted;
      });
  row.without.push_back({{2, 0, 2}});
  row.refusals = {no_axis("sort", [] { heed::sort(Tensor::ones({2, 3}), 2); })};
  return row;
}

Row argsort_row(const std::string& variant, int axis, bool descending) {
  Row row = line_row(
      "argsort_" + variant, "argsort(Tensor, int, bool)",
      [=](const Tensors& x) { return as_tensor(heed::argsort(x[0], axis, descending)); }, axis,
      [=](const Line& line) {
        const Places places = in_order(line, descending);
        return Line(places.begin(), places.end());
      });
  row.differentiable = false;
  row.refusals = {no_axis("argsort", [] { heed::argsort(Tensor::ones({2, 3}), 2); })};
  return row;
}

Row topk_row(const std::string& variant, Index k, int axis, bool largest) {
  Row row = line_row(
      "topk_" + variant, "topk(Tensor, Index, int, bool)",
      [=](const Tensors& x) { return heed::topk(x[0], k, axis, largest).values; }, axis,
      [=](const Line& line) {
        Line best;
        for (const std::size_t place : in_order(line, largest)) best.push_back(line[place]);
        best.resize(static_cast<std::size_t>(k));
        return best;
      });
  row.without = {{axis == 0 ? Shape{2, 0, 2} : Shape{0, 3, 2}}};  // there is no k of nothing
  row.drawn->least_extent = k;
  row.refusals = {no_axis("topk",
                          [] {
                            heed::topk(Tensor::ones({2, 3}), 1, 2);
                          }),
                  {.label = "many",
                   .call =
                       [] {
                         heed::topk(Tensor::ones({2, 3}), 4);
                       },
                   .text = "[topk] k = 4 is outside [0, 3], the extent of axis 1 of (2, 3)"},
                  {.label = "negative",
                   .call =
                       [] {
                         heed::topk(Tensor::ones({2, 3}), -1, 0);
                       },
                   .text = "[topk] k = -1 is outside [0, 2], the extent of axis 0 of (2, 3)"}};
  return row;
}

}  // namespace

std::vector<Row> order_rows() {
  return {
      cumsum_row("first", 0, false),         cumsum_row("middle_reverse", 1, true),
      cumsum_row("exclusive", 1, false, true),
      cumsum_row("exclusive_reverse", -1, true, true),
      cumsum_row("last", -1, false),         cumsum_row("last_reverse", -1, true),
      cumprod_row("first", 0),               cumprod_row("middle", 1),
      cumprod_row("last", -1),               cumprod_of_zeros(),
      sort_row("first_descending", 0, true), sort_row("middle", 1, false),
      sort_row("last", -1, false),           argsort_row("middle_descending", 1, true),
      argsort_row("last", -1, false),        topk_row("first", 1, 0, true),
      topk_row("middle", 2, 1, true),        topk_row("middle_smallest", 3, 1, false),
      topk_row("last", 2, -1, true),
  };
}

}  // namespace heed_test
