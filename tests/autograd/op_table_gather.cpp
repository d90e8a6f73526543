#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/few_ids.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

Row index_select_row(const std::string& variant, int axis, const Shape& wanted, const Shape& small,
                     const Shape& large) {
  const int rank = wanted.rank();
  return moving(
      {.name = "index_select_" + variant,
       .op = "index_select(Tensor, Indices, int)",
       .call =
           [=](const Tensor& x) {
             return heed::index_select(x, ids_below(x.dim(axis), wanted), axis);
           },
       .shape =
           [=](const Shape& from) {
             const int front = from_front(axis, from.rank());
             Shape shape = from.erased(front);
             for (int i = 0; i < rank; ++i) shape = shape.inserted(front + i, wanted[i]);
             return shape;
           },
       .value =
           [=](const Plain& x, const Position& p) {
             const auto from = p.begin() + from_front(axis, x.shape.rank());
             Position place(p.begin(), from);
             place.push_back(id_at(x.shape[axis], wanted, {from, from + rank}));
             place.insert(place.end(), from + rank, p.end());
             return x(place);
           },
       .small = small,
       .more = {{small.with(0, 7).with(-1, 19)}, {small.with(0, 2)}},
       .without = {{axis == 0 ? small.with(-1, 0) : small.with(0, 0)}},
       .large = {large},
       .refusals = {{.label = "range",
                     .call =
                         [] {
                           heed::index_select(Tensor::ones({3, 2}), Indices({0, 3}));
                         },
                     .text = "[index_select] id 3 at position 1 is outside [0, 3), axis 0 of x"},
                    {.label = "negative",
                     .call =
                         [] {
                           heed::index_select(Tensor::ones({3, 2}), Indices({0, -1}), -1);
                         },
                     .text = "[index_select] id -1 at position 1 is outside [0, 2), axis 1 of x"},
                    {.label = "empty",
                     .call =
                         [] {
                           heed::index_select(Tensor::ones({0, 2}), Indices({0}));
                         },
                     .text = "[index_select] id 0 at position 0 is outside [0, 0), axis 0 of x"},
                    {.label = "scalar",
                     .call = [] { heed::index_select(Tensor::scalar(1), Indices({0})); },
                     .text = "[index_select] no axis 0 in a tensor of shape ()"}},
       .drawn = with_axis(axis, 1)});
}

// ids of rank 2 in the place of the axis.
Row index_add_row(const std::string& variant, int axis, const Shape& small, const Shape& large) {
  const Index extent = 5;
  const auto ids = [axis](const Shape& values) { return Shape{values[axis], values[axis + 1]}; };
  return {.name = "index_add_" + variant,
          .op = "index_add(Tensor, Indices, Index, int)",
          .call =
              [=](const Tensors& x) {
                return heed::index_add(x[0], ids_below(extent, ids(x[0].shape())), extent, axis);
              },
          .formula =
              [=](const Plains& x) {
                const Shape& from = x[0].shape;
                const Shape wanted = ids(from);
                return build(from.erased(axis).with(axis, extent), [&](const Position& p) {
                  double sum = 0;
                  each_position(wanted, [&](const Position& id) {
                    if (id_at(extent, wanted, id) != p[static_cast<std::size_t>(axis)]) return;
                    sum += x[0](inserted(with(p, axis, id[0]), axis + 1, id[1]));
                  });
                  return sum;
                });
              },
          .shapes = {small},
          .more = {{small.with(0, 7).with(-1, 19)}},
          .without = {{small.with(axis, 0)}, {small.with(axis == 0 ? -1 : 0, 0)}},
          .large = {large},
          .refusals = {{.label = "range",
                        .call =
                            [] {
                              heed::index_add(Tensor::ones({2, 2}), Indices({0, 3}), 3);
                            },
                        .text = "[index_add] id 3 at position 1 is outside [0, 3), axis 0 of the "
                                "result"},
                       {.label = "shape",
                        .call =
                            [] {
                              heed::index_add(Tensor::ones({2, 3}), Indices({0, 1}), 3, -1);
                            },
                        .text = "[index_add] values (2, 3) do not have the axes of ids (2) in the "
                                "place of axis -1"},
                       {.label = "extent",
                        .call = [] { heed::index_add(Tensor::ones({1}), Indices({0}), -1); },
                        .text = "[index_add] an extent of -1"}},
          .drawn = Drawn{.least_rank = axis + 2}};
}

// One id a value, along one axis of all axes.
double picked(const Plain& x, const Shape& ids, int axis, const Position& p) {
  const int front = from_front(axis, ids.rank());
  return x(with(p, front, id_at(x.shape[axis], ids, p)));
}

Row gather_row(const std::string& variant, int axis, const Shape& ids, const Shape& small,
               const Shape& large) {
  // For other inputs: three ids along the axis.
  const auto wanted = [=](const Shape& x) { return x == small ? ids : x.with(axis, 3); };
  return moving(
      {.name = "gather_" + variant,
       .op = "gather(Tensor, Indices, int)",
       .call =
           [=](const Tensor& x) {
             return heed::gather(x, ids_below(x.dim(axis), wanted(x.shape())), axis);
           },
       .shape = wanted,
       .value = [=](const Plain& x,
                    const Position& p) { return picked(x, wanted(x.shape), axis, p); },
       .small = small,
       .more = {{small.with(-1, 19)}, {small.with(0, 7)}},
       .without = {{axis == 0 ? small.with(-1, 0) : small.with(0, 0)}},
       .large = {large},
       .refusals = {{.label = "range",
                     .call =
                         [] {
                           heed::gather(Tensor::ones({2, 3}), Indices(Shape{2, 1}, {0, 3}), 1);
                         },
                     .text = "[gather] id 3 at position 1 is outside [0, 3), axis 1 of x"},
                    {.label = "larger",
                     .call =
                         [] {
                           heed::gather(Tensor::ones({1, 3}), Indices(Shape{2, 1}, {0, 1}), 1);
                         },
                     .text = "[gather] ids (2, 1) do not lie inside x (1, 3)"},
                    {.label = "rank",
                     .call =
                         [] {
                           heed::gather(Tensor::ones({2, 3}), Indices({0, 1}), 1);
                         },
                     .text = "[gather] ids (2) do not lie inside x (2, 3)"}}});
}

Row take_along_row(const std::string& variant, int axis, const Shape& ids, const Shape& small,
                   std::vector<std::vector<Shape>> more) {
  return {
      .name = "take_along_" + variant,
      .op = "take_along(Tensor, Indices, int)",
      .call =
          [=](const Tensors& x) {
            return heed::take_along(x[0], ids_below(x[0].dim(axis), ids), axis);
          },
      .formula =
          [=](const Plains& x) {
            const Shape shape =
                stretched(x[0].shape.with(axis, 1), ids.with(axis, 1)).with(axis, ids[axis]);
            return build(shape, [&](const Position& p) {
              Position place = p;
              for (std::size_t i = 0; i < place.size(); ++i) {
                if (ids.begin()[i] == 1) place[i] = 0;
              }
              const int front = from_front(axis, shape.rank());
              return x[0](with(p, front, id_at(x[0].shape[axis], ids, place)));
            });
          },
      .shapes = {small},
      .more = std::move(more),
      .refusals = {{.label = "range",
                    .call =
                        [] {
                          heed::take_along(Tensor::ones({2, 3}), Indices(Shape{2, 1}, {0, 3}));
                        },
                    .text = "[take_along] id 3 at position 1 is outside [0, 3), axis 1 of x"},
                   {.label = "shape",
                    .call =
                        [] {
                          heed::take_along(Tensor::ones({2, 3}), Indices(Shape{3, 1}, {0, 1, 2}));
                        },
                    .text = "[take_along] shapes (2, 1) and (3, 1) do not broadcast: 2 vs 3 in "
                            "axis -2"},
                   {.label = "rank",
                    .call =
                        [] {
                          heed::take_along(Tensor::ones({2, 3}), Indices({0, 1}));
                        },
                    .text = "[take_along] x (2, 3) and ids (2) must have the same rank"}}};
}

// Four slices, named by places along the first two axes.
Row gather_nd_row() {
  const auto place = [](Index i, const Shape& x) {
    return Position{3 * i % x[0], (2 * i + 1) % x[1]};
  };
  const auto ids = [place](const Shape& x) {
    std::vector<std::int32_t> values;
    for (Index i = 0; i < 4; ++i) {
      for (const Index id : place(i, x)) values.push_back(static_cast<std::int32_t>(id));
    }
    return Indices({2, 2, 2}, values);
  };
  return moving(
      {.name = "gather_nd",
       .op = "gather_nd(Tensor, Indices)",
       .call = [ids](const Tensor& x) { return heed::gather_nd(x, ids(x.shape())); },
       .shape =
           [](const Shape& from) {
             return from.with(0, 2).with(1, 2);  // (2, 2, rest)
           },
       .value =
           [place](const Plain& x, const Position& p) {
             Position from = place(2 * p[0] + p[1], x.shape);
             from.insert(from.end(), p.begin() + 2, p.end());
             return x(from);
           },
       .small = {3, 2, 2},
       .more = {{{5, 4}}, {{1, 2, 3, 4}}},
       .without = {{{2, 3, 0}}},
       .large = {{40, 50, 300}},
       .refusals = {{.label = "range",
                     .call =
                         [] {
                           heed::gather_nd(Tensor::ones({2, 3}), Indices(Shape{1, 2}, {1, 3}));
                         },
                     .text = "[gather_nd] id 3 at position 1 is outside [0, 3), axis 1 of x"},
                    {.label = "axes",
                     .call =
                         [] {
                           heed::gather_nd(Tensor::ones({2}), Indices(Shape{1, 2}, {0, 0}));
                         },
                     .text = "[gather_nd] the last axis of ids (1, 2) must name places along the "
                             "first axes of x (2)"}},
       .drawn = Drawn{.least_rank = 2, .least_extent = 1}});
}

Row one_hot_row() {
  const Index classes = 5;
  return {.name = "one_hot",
          .op = "one_hot(Indices, Index)",
          .call =
              [=](const Tensors& x) {
                return heed::one_hot(ids_below(classes, x[0].shape()), classes);
              },
          .formula =
              [=](const Plains& x) {
                const Shape& from = x[0].shape;
                return build(from.inserted(from.rank(), classes), [&](const Position& p) {
                  const Position place(p.begin(), p.end() - 1);
                  return id_at(classes, from, place) == p.back() ? 1.0 : 0.0;
                });
              },
          .shapes = {{2, 3}},
          .more = {{{19}}},
          .without = {{{0}}},
          .scalars = {{}},
          .large = {{60'001}},
          .differentiable = false,
          .refusals = {{.label = "range",
                        .call =
                            [] {
                              heed::one_hot(Indices({0, 3}), 3);
                            },
                        .text = "[one_hot] id 3 at position 1 is outside [0, 3), the classes"}}};
}

}  // namespace

std::vector<Row> gather_rows() {
  return {
      index_select_row("first", 0, {2, 4}, {5, 2}, {50, 20'001}),
      index_select_row("last", -1, {7}, {2, 3}, {20'001, 50}),
      index_select_row("middle", 1, {2, 2}, {2, 3, 2}, {50, 20, 301}),
      index_select_row("one", 0, {}, {3, 2}, {50, 20'001}),
      index_add_row("first", 0, {3, 2, 2}, {30, 20, 501}),
      index_add_row("middle", 1, {2, 3, 2, 2}, {40, 6, 3, 401}),
      gather_row("first", 0, {4, 2}, {3, 2}, {5, 40'001}),
      gather_row("last", -1, {2, 5}, {2, 3}, {50'001, 4}),
      gather_row("middle", 1, {2, 2, 2}, {2, 3, 2}, {90, 20, 80}),
      gather_row("smaller", 1, {1, 4, 2}, {2, 3, 3}, {90, 20, 80}),
      take_along_row("last", -1, {2, 3}, {2, 4}, {{{2, 19}}}),
      take_along_row("stretched", 0, {3, 1, 2}, {2, 3, 1}, {{{4, 5, 2}}}),
      gather_nd_row(),
      one_hot_row(),
  };
}

}  // namespace heed_test
