#include "tests/autograd/reduction_rows.h"

#include <algorithm>
#include <numeric>

namespace heed_test {
namespace {

// {2, 3, 2} with each extent in turn zero; only those that stay when nothing cannot be reduced.
std::vector<std::vector<Shape>> without_elements(const Axes& axes, bool of_nothing) {
  std::vector<std::vector<Shape>> shapes;
  for (const int axis : {0, 1, 2}) {
    const bool goes = std::any_of(axes.begin(), axes.end(),
                                  [axis](int gone) { return gone == axis || gone == axis - 3; });
    if (of_nothing || !goes) shapes.push_back({Shape{2, 3, 2}.with(axis, 0)});
  }
  return shapes;
}

// Enough axes that those from the front and those from the back are different ones.
int least_rank(const Axes& axes) {
  int front = 0, back = 0;
  for (const int axis : axes) {
    int& most = axis < 0 ? back : front;
    most = std::max(most, axis < 0 ? -axis : axis + 1);
  }
  return front + back;
}

Refusal no_such_axis(const std::string& op, std::function<void()> call) {
  return {.label = "axis",
          .call = std::move(call),
          .text = "[" + op + "] no axis 2 in a tensor of shape (2, 3)"};
}

}  // namespace

Row over_all(const Reduction& reduction, AllOp call) {
  Row row = {.name = reduction.op,
             .op = reduction.op + "(Tensor)",
             .call = [call](const Tensors& x) { return call(x[0]); },
             .formula =
                 [formula = reduction.formula](const Plains& x) {
                   Axes all(static_cast<std::size_t>(x[0].shape.rank()));
                   std::iota(all.begin(), all.end(), 0);
                   return reduced(x[0], all, false, formula);
                 },
             .shapes = {{2, 3}},
             .domains = {reduction.domain},
             .more = {{{37}}, {{4, 1, 5}}},
             .scalars = {{}},
             .large = {{300'001}},
             .drawn = Drawn{.least_extent = reduction.least_extent}};
  if (reduction.of_nothing) {
    row.without = {{{0}}, {{2, 0}}};
  } else {
    row.refusals = {{.label = "nothing",
                     .call =
                         [call] {
                           call(Tensor::zeros({2, 0}));
                         },
                     .text = "[" + reduction.op + "] axis 1 of shape (2, 0) is empty"}};
  }
  return row;
}

Row over_axes(const Reduction& reduction, const std::string& variant,
              const heed::TensorFunction& call, const Axes& axes, bool keepdims) {
  return {.name = reduction.op + "_" + variant,
          .op = reduction.op + "(Tensor, Axes, bool)",
          .call = call,
          .formula = [=, formula = reduction.formula](
                         const Plains& x) { return reduced(x[0], axes, keepdims, formula); },
          .shapes = {{2, 3, 2}},
          .domains = {reduction.domain},
          .more = {{{5, 4, 19}}, {{3, 70, 2}}, {{2, 7, 6}}},
          .without = without_elements(axes, reduction.of_nothing),
          .large = {{40, 90, 101}},
          .drawn = Drawn{.least_rank = least_rank(axes), .least_extent = reduction.least_extent}};
}

Row over_axes(const Reduction& reduction, const std::string& variant, AxesOp call, const Axes& axes,
              bool keepdims) {
  Row row = over_axes(
      reduction, variant, [=](const Tensors& x) { return call(x[0], axes, keepdims); }, axes,
      keepdims);
  row.refusals = {no_such_axis(reduction.op,
                               [=] {
                                 call(Tensor::ones({2, 3}), Axes{2}, keepdims);
                               }),
                  {.label = "twice",
                   .call =
                       [=] {
                         call(Tensor::ones({2, 3}), Axes{1, -1}, keepdims);
                       },
                   .text = "[" + reduction.op + "] an axis of (2, 3) is named twice"}};
  return row;
}

Row over_axis(const Reduction& reduction, const std::string& variant, AxesOp call, int axis,
              bool keepdims) {
  Row row = over_axes(
      reduction, variant, [=](const Tensors& x) { return call(x[0], axis, keepdims); }, {axis},
      keepdims);
  row.refusals = {no_such_axis(reduction.op, [=] { call(Tensor::ones({2, 3}), 2, keepdims); })};
  return row;
}

}  // namespace heed_test
