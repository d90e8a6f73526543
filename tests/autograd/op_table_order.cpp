#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using Line = std::vector<double>;
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

Row line_row(const std::string& name, const std::string& op, const heed::TensorFunction& call,
             int axis, const std::function<Line(const Line&)>& formula) {
  return {.name = name,
          .op = op,
          .call = call,
          .formula = [=](const Plains& x) { return along(x[0], axis, formula); },
          .shapes = {{2, 3, 2}},
          .domains = {distinct},
          .more = {{{5, 4, 19}}, {{3, 70, 2}}, {{2, 6, 7}}},
          .without = {{{0, 3, 2}}, {{2, 3, 0}}},
          .large = {{40, 90, 101}}};
}

Refusal no_axis(const std::string& op, std::function<void()> call) {
  return {.label = "axis",
          .call = std::move(call),
          .text = "[" + op + "] no axis 2 in a tensor of shape (2, 3)"};
}

Row cumsum_row(const std::string& variant, int axis, bool reverse) {
  Row row = line_row(
      "cumsum_" + variant, "cumsum(Tensor, int, bool)",
      [=](const Tensors& x) { return heed::cumsum(x[0], axis, reverse); }, axis,
      [=](const Line& line) {
        Line sums(line.size(), 0);
        for (std::size_t i = 0; i < line.size(); ++i) {
          for (std::size_t j = 0; j < line.size(); ++j) {
            if (reverse ? j >= i : j <= i) sums[i] += line[j];
          }
        }
        return sums;
      });
  row.domains = {};
  row.without.push_back({{2, 0, 2}});
  row.refusals = {no_axis("cumsum", [] { heed::cumsum(Tensor::ones({2, 3}), 2); })};
  return row;
}

}  // namespace

std::vector<Row> order_rows() {
  return {
      cumsum_row("first", 0, false),         cumsum_row("middle_reverse", 1, true),
      cumsum_row("last", -1, false),         cumsum_row("last_reverse", -1, true),
  };
}

}  // namespace heed_test
