#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

// An op that moves values: `from` says where the value at a place of the result came from.
struct Move {
  std::string name;
  std::string op;
  std::function<Tensor(const Tensor&)> call;
  std::function<Shape(const Shape&)> shape;
  std::function<double(const Plain&, const Position&)> value;
  Shape small;
  std::vector<std::vector<Shape>> more = {};
  std::vector<std::vector<Shape>> without = {};
  std::vector<Shape> large = {};
  std::vector<Shape> scalars = {};
  std::vector<Refusal> refusals = {};
};

Row moving(Move move) {
  return {.name = move.name,
          .op = move.op,
          .call = [call = move.call](const Tensors& x) { return call(x[0]); },
          .formula =
              [shape = move.shape, value = move.value](const Plains& x) {
                return build(shape(x[0].shape), [&](const Position& p) { return value(x[0], p); });
              },
          .shapes = {move.small},
          .more = move.more,
          .without = move.without,
          .scalars = move.scalars,
          .large = move.large,
          .refusals = move.refusals};
}

// The value at the same place in row-major order.
double same_place(const Plain& x, const Shape& shape, const Position& p) {
  Index offset = 0;
  for (int i = 0; i < shape.rank(); ++i)
    offset = offset * shape[i] + p[static_cast<std::size_t>(i)];
  return x.values[static_cast<std::size_t>(offset)];
}

Row reshape_row() {
  const auto shape = [](const Shape& from) { return Shape{2, from.size() / 2}; };
  return moving(
      {.name = "reshape",
       .op = "reshape(Tensor, Shape)",
       .call = [shape](const Tensor& x) { return heed::reshape(x, shape(x.shape())); },
       .shape = shape,
       .value = [shape](const Plain& x,
                        const Position& p) { return same_place(x, shape(x.shape), p); },
       .small = {2, 3, 2},
       .more = {{{4}}, {{38}}},
       .without = {{{2, 0}}},
       .large = {{600, 500}},
       .refusals = {{.label = "size",
                     .call =
                         [] {
                           heed::reshape(Tensor::ones({2, 3}), Shape{4});
                         },
                     .text = "[reshape] 6 elements of shape (2, 3) do not fill shape (4)"}}});
}

Row reshape_rest_row() {
  const auto shape = [](const Shape& from) { return Shape{from.size() / 2, 2}; };
  return moving({.name = "reshape_rest",
                 .op = "reshape(Tensor, std::initializer_list<Index>)",
                 .call =
                     [](const Tensor& x) {
                       return heed::reshape(x, {-1, 2});
                     },
                 .shape = shape,
                 .value = [shape](const Plain& x,
                                  const Position& p) { return same_place(x, shape(x.shape), p); },
                 .small = {2, 3, 2},
                 .more = {{{4}}},
                 .without = {{{0, 2}}},
                 .large = {{600, 500}}});
}

Row permute_row(const std::string& variant, std::vector<int> order, const Shape& small,
                const Shape& large) {
  return moving({.name = "permute_" + variant,
                 .op = "permute(Tensor, std::vector<int>)",
                 .call = [order](const Tensor& x) { return heed::permute(x, order); },
                 .shape =
                     [order](const Shape& from) {
                       Shape shape = from;
                       for (int i = 0; i < shape.rank(); ++i) {
                         shape = shape.with(i, from[order[static_cast<std::size_t>(i)]]);
                       }
                       return shape;
                     },
                 .value =
                     [order](const Plain& x, const Position& p) {
                       Position from = p;
                       for (std::size_t i = 0; i < order.size(); ++i) {
                         from[static_cast<std::size_t>(order[i])] = p[i];
                       }
                       return x(from);
                     },
                 .small = small,
                 .without = {{small.with(0, 0)}, {small.with(-1, 0)}},
                 .large = {large},
                 .refusals = {{.label = "order",
                               .call =
                                   [] {
                                     heed::permute(Tensor::ones({2, 3}), {0, 0});
                                   },
                               .text = "[permute] (0, 0) is no order of the axes of (2, 3)"}}});
}

Row transpose_row(const std::string& variant, int a, int b, const Shape& small) {
  const auto front = [](int axis, int rank) { return axis < 0 ? axis + rank : axis; };
  const auto swapped = [=](Position p) {
    const int rank = static_cast<int>(p.size());
    std::swap(p[static_cast<std::size_t>(front(a, rank))],
              p[static_cast<std::size_t>(front(b, rank))]);
    return p;
  };
  return moving({.name = "transpose_" + variant,
                 .op = "transpose(Tensor, int, int)",
                 .call = [=](const Tensor& x) { return heed::transpose(x, a, b); },
                 .shape = [=](const Shape& from) { return from.with(a, from[b]).with(b, from[a]); },
                 .value = [swapped](const Plain& x, const Position& p) { return x(swapped(p)); },
                 .small = small,
                 .more = {{{3, 37, 19}}, {{2, 3, 4, 5}}},
                 .without = {{{0, 3, 2}}},
                 .large = {{3, 300, 310}}});
}

Row expand_row(const std::string& variant, const Shape& from, const Shape& to) {
  return moving(
      {.name = "expand_" + variant,
       .op = "expand(Tensor, Shape)",
       .call = [to](const Tensor& x) { return heed::expand(x, to); },
       .shape = [to](const Shape&) { return to; },
       .value = [](const Plain& x, const Position& p) { return x(p); },
       .small = from,
       .refusals =
           {{.label = "shape",
             .call =
                 [] {
                   heed::expand(Tensor::ones({2, 3}), Shape{2, 4});
                 },
             .text = "[expand] shapes (2, 3) and (2, 4) do not broadcast: 3 vs 4 in axis -1"}}});
}

struct Cut {
  std::string variant;
  int axis;
  Index start, stop, step;
};
Row slice_row(const Cut& cut) {
  const auto front = [cut](int rank) { return cut.axis < 0 ? cut.axis + rank : cut.axis; };
  const auto first = [cut](Index extent) { return cut.start < 0 ? cut.start + extent : cut.start; };
  const auto last = [cut](Index extent) { return cut.stop < 0 ? cut.stop + extent : cut.stop; };
  return moving(
      {.name = "slice_" + cut.variant,
       .op = "slice(Tensor, int, Index, Index, Index)",
       .call =
           [cut](const Tensor& x) {
             return heed::slice(x, cut.axis, cut.start, cut.stop, cut.step);
           },
       .shape =
           [=](const Shape& from) {
             const Index extent = from[cut.axis];
             const Index length = last(extent) - first(extent);
             return from.with(front(from.rank()), (length + cut.step - 1) / cut.step);
           },
       .value =
           [=](const Plain& x, const Position& p) {
             const int axis = front(x.shape.rank());
             const Index at = p[static_cast<std::size_t>(axis)];
             return x(with(p, axis, first(x.shape[axis]) + at * cut.step));
           },
       .small = {5, 2, 5},
       .more = {{{37, 3, 41}}},
       .without = {{{5, 0, 5}}},
       .large = {{90, 60, 80}},
       .refusals = {{.label = "range",
                     .call =
                         [] {
                           heed::slice(Tensor::ones({2, 3}), 1, 1, 5);
                         },
                     .text = "[slice] 1:5:1 does not lie inside axis 1 of shape (2, 3)"}}});
}

Row select_row(const std::string& variant, int axis, Index i) {
  return moving({.name = "select_" + variant,
                 .op = "select(Tensor, int, Index)",
                 .call = [=](const Tensor& x) { return heed::select(x, axis, i); },
                 .shape = [=](const Shape& from) { return from.erased(axis); },
                 .value =
                     [=](const Plain& x, const Position& p) {
                       const int front = axis < 0 ? axis + x.shape.rank() : axis;
                       const Index at = i < 0 ? i + x.shape[axis] : i;
                       return x(inserted(p, front, at));
                     },
                 .small = {3, 2, 3},
                 .more = {{{7, 3, 19}}},
                 .without = {{axis == 1 ? Shape{0, 2, 3} : Shape{3, 0, 3}}},
                 .large = {{90, 60, 80}},
                 .refusals = {{.label = "range",
                               .call =
                                   [] {
                                     heed::select(Tensor::ones({2, 3}), 1, 3);
                                   },
                               .text = "[select] no element 3 in axis 1 of shape (2, 3)"}}});
}

Row pad_row(const std::string& variant, int axis, Index before, Index after) {
  return moving(
      {.name = "pad_" + variant,
       .op = "pad(Tensor, int, Index, Index)",
       .call = [=](const Tensor& x) { return heed::pad(x, axis, before, after); },
       .shape = [=](const Shape& from) { return from.with(axis, from[axis] + before + after); },
       .value =
           [=](const Plain& x, const Position& p) {
             const int front = axis < 0 ? axis + x.shape.rank() : axis;
             const Index at = p[static_cast<std::size_t>(front)] - before;
             return at < 0 || at >= x.shape[axis] ? 0 : x(with(p, front, at));
           },
       .small = {2, 3, 2},
       .more = {{{5, 3, 19}}},
       .without = {{{0, 0, 0}}},
       .large = {{90, 60, 80}},
       .refusals = {{.label = "negative",
                     .call =
                         [] {
                           heed::pad(Tensor::ones({2, 3}), 1, -1, 0);
                         },
                     .text = "[pad] negative padding: -1 before, 0 after"}}});
}

Row flip_row(const std::string& variant, int axis) {
  return moving({.name = "flip_" + variant,
                 .op = "flip(Tensor, int)",
                 .call = [=](const Tensor& x) { return heed::flip(x, axis); },
                 .shape = [](const Shape& from) { return from; },
                 .value =
                     [=](const Plain& x, const Position& p) {
                       const int front = axis < 0 ? axis + x.shape.rank() : axis;
                       const Index at = p[static_cast<std::size_t>(front)];
                       return x(with(p, front, x.shape[axis] - 1 - at));
                     },
                 .small = {2, 3, 2},
                 .more = {{{5, 3, 19}}},
                 .without = {{{0, 3, 2}}, {{2, 3, 0}}},
                 .large = {{90, 60, 80}}});
}

}  // namespace

std::vector<Row> shape_rows() {
  return {
      reshape_row(),
      reshape_rest_row(),
      permute_row("cycle", {2, 0, 1}, {2, 3, 2}, {60, 70, 80}),
      permute_row("heads", {0, 2, 1, 3}, {2, 3, 2, 2}, {8, 90, 4, 110}),
      permute_row("itself", {0, 1}, {2, 3}, {600, 500}),
      transpose_row("last", -2, -1, {2, 3, 2}),
      transpose_row("ends", 0, 2, {2, 3, 2}),
      expand_row("columns", {3, 1}, {3, 4}),
      expand_row("front", {3}, {2, 3}),
      expand_row("scalar", {}, {2, 3}),
      expand_row("none", {0, 1}, {0, 4}),
      slice_row({"first", 0, 1, 4, 1}),
      slice_row({"last", -1, 1, 4, 1}),
      slice_row({"step", -1, 0, 5, 2}),
      slice_row({"first_step", 0, 1, 5, 3}),
      slice_row({"from_end", 0, -4, -1, 1}),
      slice_row({"empty", 0, 2, 2, 1}),
      select_row("first", 0, 1),
      select_row("last", -1, -1),
      select_row("middle", 1, 0),
      pad_row("first", 0, 1, 2),
      pad_row("last", -1, 2, 0),
      flip_row("first", 0),
      flip_row("last", -1),
  };
}

}  // namespace heed_test
