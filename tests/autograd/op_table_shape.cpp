#include "autograd/ops.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

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
                     .text = "[reshape] 6 elements of shape (2, 3) do not fill shape (4)"}},
       .drawn = Drawn{.shapes = [](const Shape& from) {
         return std::vector<Shape>{from.inserted(from.rank(), 2)};
       }}});
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
                 .large = {{600, 500}},
                 .refusals = {{.label = "two open",
                               .call =
                                   [] {
                                     heed::reshape(Tensor::ones({2, 3}), {-1, -1});
                                   },
                               .text = "[reshape] (-1, -1) leaves two extents open: one can be "
                                       "told from the size"}},
                 .drawn = Drawn{.shapes = [](const Shape& from) {
                   return std::vector<Shape>{from.inserted(from.rank(), 2)};
                 }}});
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
                               .text = "[permute] (0, 0) is no order of the axes of (2, 3)"}},
                 .drawn = Drawn{.least_rank = small.rank(), .most_rank = small.rank()}});
}

// The middle axis of three.
Row to_last_row() {
  Row row = permute_row("", {0, 2, 1}, {2, 3, 2}, {60, 70, 80});
  row.name = "to_last";
  row.op = "to_last(Tensor, int)";
  row.call = [](const Tensors& x) { return heed::to_last(x[0], 1); };
  row.refusals = {{.label = "axis",
                   .call = [] { heed::to_last(Tensor::ones({2, 3}), 2); },
                   .text = "[to_last] no axis 2 in a tensor of shape (2, 3)"}};
  return row;
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
                 .large = {{3, 300, 310}},
                 .drawn = Drawn{.least_rank = 3}});
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

Shape without_ones(const Shape& from) {
  Shape shape = from;
  for (int i = from.rank() - 1; i >= 0; --i) {
    if (from[i] == 1) shape = shape.erased(i);
  }
  return shape;
}

Row squeeze_row() {
  return moving({.name = "squeeze",
                 .op = "squeeze(Tensor)",
                 .call = [](const Tensor& x) { return heed::squeeze(x); },
                 .shape = without_ones,
                 .value = [](const Plain& x,
                             const Position& p) { return same_place(x, without_ones(x.shape), p); },
                 .small = {1, 3, 1, 2},
                 .more = {{{1, 1, 1, 1, 1, 1, 1, 1}}, {{3, 2}}},
                 .without = {{{1, 0, 2}}},
                 .large = {{600, 1, 500}},
                 .scalars = {{}}});
}

Row squeeze_axis_row(const std::string& variant, int axis) {
  return moving({.name = "squeeze_" + variant,
                 .op = "squeeze(Tensor, int)",
                 .call = [=](const Tensor& x) { return heed::squeeze(x, axis); },
                 .shape = [=](const Shape& from) { return from.erased(axis); },
                 .value = [=](const Plain& x,
                              const Position& p) { return same_place(x, x.shape.erased(axis), p); },
                 .small = {1, 3, 1},
                 .more = {{{1, 1, 1, 2, 1, 1, 1, 1}}, {{1}}},
                 .without = {{{1, 0, 1}}},
                 .large = {{1, 600, 500, 1}},
                 .refusals = {{.label = "extent",
                               .call =
                                   [] {
                                     heed::squeeze(Tensor::ones({2, 3}), -1);
                                   },
                               .text = "[squeeze] axis 1 of shape (2, 3) has extent 3, not 1"},
                              {.label = "scalar",
                               .call = [] { heed::squeeze(Tensor::scalar(1), 0); },
                               .text = "[squeeze] no axis 0 in a tensor of shape ()"}},
                 .drawn = Drawn{.least_rank = 1, .shapes = [=](const Shape& from) {
                                  return std::vector<Shape>{from.with(axis, 1)};
                                }}});
}

Row unsqueeze_row(const std::string& variant, int axis) {
  const auto shape = [axis](const Shape& from) {
    return from.inserted(axis < 0 ? from.rank() + 1 + axis : axis, 1);
  };
  const auto text = [](const std::string& place, const std::string& of) {
    return "[unsqueeze] no place " + place + " among the axes of " + of;
  };
  return moving({.name = "unsqueeze_" + variant,
                 .op = "unsqueeze(Tensor, int)",
                 .call = [=](const Tensor& x) { return heed::unsqueeze(x, axis); },
                 .shape = shape,
                 .value = [shape](const Plain& x,
                                  const Position& p) { return same_place(x, shape(x.shape), p); },
                 .small = {2, 3},
                 .more = {{{2, 1, 1, 2, 1, 1, 3}}},
                 .without = {{{0, 2}}},
                 .large = {{600, 500}},
                 .scalars = axis == -2 ? std::vector<Shape>{} : std::vector<Shape>{{}},
                 .refusals = {{.label = "place",
                               .call =
                                   [] {
                                     heed::unsqueeze(Tensor::ones({2, 3}), 3);
                                   },
                               .text = text("3", "(2, 3)")},
                              {.label = "scalar",
                               .call = [] { heed::unsqueeze(Tensor::scalar(1), -2); },
                               .text = text("-2", "()")},
                              {.label = "rank",
                               .call =
                                   [] {
                                     heed::unsqueeze(Tensor::ones({1, 1, 1, 1, 1, 1, 1, 1}), 0);
                                   },
                               .text = "[Shape] 9 axes; a tensor has at most 8"}},
                 .drawn = Drawn{.least_rank = axis == -2 ? 1 : 0}});
}

// An extent of -1 stays.
Row expand_kept_row() {
  return moving({.name = "expand_kept",
                 .op = "expand(Tensor, std::initializer_list<Index>)",
                 .call = [](const Tensor& x) { return heed::expand(x, {4, -1, 3, -1}); },
                 .shape =
                     [](const Shape& from) {
                       return Shape{4, from[0], 3, from[2]};
                     },
                 .value = [](const Plain& x,
                             const Position& p) { return x({p[1], 0, p[3]}); },
                 .small = {2, 1, 2},
                 .refusals = {{.label = "no_axis",
                               .call =
                                   [] {
                                     heed::expand(Tensor::ones({3}), {-1, 3});
                                   },
                               .text = "[expand] shape (3) has no axis that could stay in (-1, "
                                       "3)"}}});
}

}  // namespace

std::vector<Row> shape_rows() {
  return {
      reshape_row(),
      reshape_rest_row(),
      permute_row("cycle", {2, 0, 1}, {2, 3, 2}, {60, 70, 80}),
      permute_row("heads", {0, 2, 1, 3}, {2, 3, 2, 2}, {8, 90, 4, 110}),
      permute_row("itself", {0, 1}, {2, 3}, {600, 500}),
      to_last_row(),
      transpose_row("last", -2, -1, {2, 3, 2}),
      transpose_row("ends", 0, 2, {2, 3, 2}),
      expand_row("columns", {3, 1}, {3, 4}),
      expand_row("front", {3}, {2, 3}),
      expand_row("scalar", {}, {2, 3}),
      expand_kept_row(),
      expand_row("none", {0, 1}, {0, 4}),
      squeeze_row(),
      squeeze_axis_row("first", 0),
      squeeze_axis_row("last", -1),
      unsqueeze_row("front", 0),
      unsqueeze_row("inside", -2),
      unsqueeze_row("end", -1),
  };
}

}  // namespace heed_test
