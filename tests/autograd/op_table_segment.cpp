#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using heed::Indices;
using Members = std::vector<double>;
using SegmentOp = Tensor (*)(const Tensor&, const Indices&, Index);

// Half as many segments as rows, in no order, each with a row at least.
Index count_for(Index rows) { return (rows + 1) / 2; }
Index segment_of(Index row, Index rows) {
  const Index count = count_for(rows);
  return row < count ? count - 1 - row : 3 * row % count;
}
Indices segments_for(Index rows) {
  std::vector<std::int32_t> ids;
  for (Index i = 0; i < rows; ++i) ids.push_back(static_cast<std::int32_t>(segment_of(i, rows)));
  return Indices(ids);
}

// What stands in the column of p and belongs to the segment.
Members members(const Plain& x, Position p, Index segment) {
  Members found;
  for (Index i = 0; i < x.shape[0]; ++i) {
    p[0] = i;
    if (segment_of(i, x.shape[0]) == segment) found.push_back(x(p));
  }
  return found;
}

double total(const Members& of) {
  double sum = 0;
  for (const double value : of) sum += value;
  return sum;
}
double greatest(const Members& of) {
  double top = -std::numeric_limits<double>::infinity();
  for (const double value : of) top = value > top || std::isnan(value) ? value : top;
  return top;
}

std::vector<Refusal> refusals(const std::string& op, SegmentOp call) {
  return {{.label = "too_few",
           .call = [call] { call(Tensor::ones({3, 2}), Indices({0, 1}), 2); },
           .text = "[" + op + "] segment (2) must name one segment for each row of x (3, 2)"},
          {.label = "scalar",
           .call = [call] { call(Tensor::scalar(1), Indices({0}), 2); },
           .text = "[" + op + "] segment (1) must name one segment for each row of x ()"},
          {.label = "range",
           .call = [call] { call(Tensor::ones({2}), Indices({0, 2}), 2); },
           .text = "[" + op + "] id 2 at position 1 is outside [0, 2), the 2 segments"},
          {.label = "count",
           .call = [call] { call(Tensor::ones({2}), Indices({0, 2}), -1); },
           .text = "[" + op + "] a count of -1"}};
}

Row segment_row(const std::string& op, SegmentOp call) {
  return {.name = op,
          .op = op + "(Tensor, Indices, Index)",
          .call =
              [call](const Tensors& x) {
                return call(x[0], segments_for(x[0].dim(0)), count_for(x[0].dim(0)));
              },
          .formula = {},  // each op's own
          .shapes = {{5, 2}},
          .more = {{{7}}, {{9, 19}}, {{1, 3}}, {{6, 2, 5}}},
          .without = {{{0, 2}}, {{3, 0}}},
          .large = {{60, 700}},
          .refusals = refusals(op, call),
          .drawn = Drawn{.least_rank = 1}};
}

// One number a segment.
Row folding(const std::string& op, SegmentOp call, double (*fold)(const Members&)) {
  Row row = segment_row(op, call);
  row.formula = [fold](const Plains& x) {
    const Shape shape = x[0].shape.with(0, count_for(x[0].shape[0]));
    return build(shape, [&](const Position& p) { return fold(members(x[0], p, p[0])); });
  };
  return row;
}

Row max_row() {
  Row row = folding("segment_max", heed::segment_max, greatest);
  row.domains = {distinct};
  return row;
}

Row softmax_row() {
  Row row = segment_row("segment_softmax", heed::segment_softmax);
  row.formula = [](const Plains& x) {
    return build(x[0].shape, [&](const Position& p) {
      Members shares = members(x[0], p, segment_of(p[0], x[0].shape[0]));
      const double top = greatest(shares);
      if (top == -std::numeric_limits<double>::infinity()) return 0.0;
      for (double& share : shares) share = std::exp(share - top);
      return std::exp(x[0](p) - top) / total(shares);
    });
  };
  row.order = 3;
  return row;
}

}  // namespace

std::vector<Row> segment_rows() {
  return {folding("segment_sum", heed::segment_sum, total), max_row(), softmax_row()};
}

}  // namespace heed_test
