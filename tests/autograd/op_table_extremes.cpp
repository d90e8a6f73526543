#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/reduction_rows.h"

namespace heed_test {
namespace {

using Group = std::vector<double>;
using PlaceOp = heed::Indices (*)(const Tensor&, int, bool, bool);

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
              bool keepdims, bool last = false) {
  const auto as_tensor = [=](const Tensors& x) {
    const heed::Indices found = call(x[0], axis, keepdims, last);
    return Tensor(found.shape(),
                  std::vector<heed::Real>(found.values().begin(), found.values().end()));
  };
  Row row = over_axes(reduction, variant, as_tensor, {axis}, keepdims);
  row.op = reduction.op + "(Tensor, int, bool, bool)";
  row.differentiable = false;
  row.refusals = {{.label = "axis",
                   .call =
                       [=] {
                         call(Tensor::ones({2, 3}), 2, keepdims, last);
                       },
                   .text = "[" + reduction.op + "] no axis 2 in a tensor of shape (2, 3)"},
                  {.label = "nothing",
                   .call =
                       [=] {
                         call(Tensor::ones({2, 0}), 1, keepdims, last);
                       },
                   .text = "[" + reduction.op + "] axis 1 of shape (2, 0) is empty"}};
  return row;
}

Row place_among_all(const Reduction& reduction, heed::Indices (*call)(const Tensor&)) {
  Row row = over_all(reduction, nullptr);
  row.call = [call](const Tensors& x) {
    return Tensor::scalar(static_cast<heed::Real>(call(x[0])[0]));
  };
  row.differentiable = false;
  row.refusals = {{.label = "nothing",
                   .call = [call] { call(Tensor::zeros({2, 0})); },
                   .text = "[" + reduction.op + "] axis 1 of shape (2, 0) is empty"}};
  return row;
}

// The first NaN, or else what half of the others are not above.
double middle(Group group) {
  for (const double value : group) {
    if (std::isnan(value)) return value;
  }
  std::sort(group.begin(), group.end());
  return group[(group.size() - 1) / 2];
}

// Of few different numbers, so that there are ties.
template <PlaceOp op>
heed::Indices of_few(const Tensor& x, int axis, bool keepdims, bool last) {
  return op(heed::floor(x), axis, keepdims, last);
}

}  // namespace

std::vector<Row> extreme_rows() {
  const Reduction middles{
      .op = "median", .formula = middle, .domain = distinct, .of_nothing = false};
  const AxesOp median = heed::median;
  const Reduction largest = values("max", 1), smallest = values("min", -1);
  const Reduction at_largest = places("argmax", 1), at_smallest = places("argmin", -1);
  const AxesOp max = heed::max, min = heed::min;
  // At a tie the last: the formula counts from the other end.
  const auto from_end = [](const std::string& op, double sign) {
    return Reduction{.op = op,
                     .formula =
                         [sign](const Group& group) {
                           Group turned(group.rbegin(), group.rend());
                           for (double& value : turned) value = std::floor(value);
                           return static_cast<double>(group.size() - 1 - best_place(turned, sign));
                         },
                     .of_nothing = false};
  };
  return {
      place_row(from_end("argmax", 1), "at_ties", of_few<heed::argmax>, 1, false, true),
      place_row(from_end("argmin", -1), "at_ties", of_few<heed::argmin>, -1, true, true),
      over_all(largest, heed::max),
      over_all(smallest, heed::min),
      over_axis(largest, "first", max, 0, false),
      over_axis(largest, "middle_kept", max, 1, true),
      over_axis(largest, "last", max, -1, false),
      over_axis(smallest, "middle", min, 1, false),
      over_axis(smallest, "last_kept", min, -1, true),
      over_axes(largest, "last_two", max, {1, 2}, false),
      over_axes(largest, "outer", max, {-1, 0}, false),
      over_axes(smallest, "outer_kept", min, {0, 2}, true),
      over_axes(smallest, "first", min, {0}, false),
      over_all(middles, heed::median),
      over_axis(middles, "middle", median, 1, false),
      over_axes(middles, "outer_kept", median, {0, -1}, true),
      place_among_all(at_largest, heed::argmax),
      place_among_all(at_smallest, heed::argmin),
      place_row(at_largest, "middle", heed::argmax, 1, false),
      place_row(at_largest, "last", heed::argmax, -1, false),
      place_row(at_smallest, "first_kept", heed::argmin, 0, true),
      place_row(at_smallest, "last", heed::argmin, -1, false),
  };
}

}  // namespace heed_test
