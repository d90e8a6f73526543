#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/reduction_rows.h"

namespace heed_test {
namespace {

using Group = std::vector<double>;
using PlaceOp = heed::Indices (*)(const Tensor&, int, bool);

// The first NaN, or else the first that none is beyond: `sign` 1 looks for the largest.
std::size_t best_place(const Group& group, double sign) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < group.size(); ++i) {
    if (std::isnan(group[best])) break;
    if (std::isnan(group[i]) || sign * group[i] > sign * group[best]) best = i;
  }
  return best;
}

Reduction values(const std::string& op, double sign) {
  return {.op = op,
          .formula = [sign](const Group& group) { return group[best_place(group, sign)]; },
          .domain = distinct,
          .of_nothing = false};
}
Reduction places(const std::string& op, double sign) {
  return {.op = op,
          .formula =
              [sign](const Group& group) { return static_cast<double>(best_place(group, sign)); },
          .domain = distinct,
          .of_nothing = false};
}

Row place_row(const Reduction& reduction, const std::string& variant, PlaceOp call, int axis,
              bool keepdims) {
  const auto as_tensor = [=](const Tensors& x) {
    const heed::Indices found = call(x[0], axis, keepdims);
    return Tensor(found.shape(),
                  std::vector<heed::Real>(found.values().begin(), found.values().end()));
  };
  Row row = over_axes(reduction, variant, as_tensor, {axis}, keepdims);
  row.op = reduction.op + "(Tensor, int, bool)";
  row.differentiable = false;
  row.refusals = {{.label = "axis",
                   .call =
                       [=] {
                         call(Tensor::ones({2, 3}), 2, keepdims);
                       },
                   .text = "[" + reduction.op + "] no axis 2 in a tensor of shape (2, 3)"},
                  {.label = "nothing",
                   .call =
                       [=] {
                         call(Tensor::ones({2, 0}), 1, keepdims);
                       },
                   .text = "[" + reduction.op + "] axis 1 of shape (2, 0) is empty"}};
  return row;
}

}  // namespace

std::vector<Row> extreme_rows() {
  const Reduction largest = values("max", 1), smallest = values("min", -1);
  const Reduction at_largest = places("argmax", 1), at_smallest = places("argmin", -1);
  const AxesOp max = heed::max, min = heed::min;
  const AxisOp max_axis = heed::max, min_axis = heed::min;
  return {
      over_all(largest, heed::max),
      over_all(smallest, heed::min),
      over_axis(largest, "first", max_axis, 0, false),
      over_axis(largest, "middle_kept", max_axis, 1, true),
      over_axis(largest, "last", max_axis, -1, false),
      over_axis(smallest, "middle", min_axis, 1, false),
      over_axis(smallest, "last_kept", min_axis, -1, true),
      over_axes(largest, "last_two", max, {1, 2}, false),
      over_axes(largest, "outer", max, {-1, 0}, false),
      over_axes(smallest, "outer_kept", min, {0, 2}, true),
      over_axes(smallest, "first", min, {0}, false),
      place_row(at_largest, "middle", heed::argmax, 1, false),
      place_row(at_largest, "last", heed::argmax, -1, false),
      place_row(at_smallest, "first_kept", heed::argmin, 0, true),
      place_row(at_smallest, "last", heed::argmin, -1, false),
  };
}

}  // namespace heed_test
