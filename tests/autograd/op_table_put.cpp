#include "autograd/ops.h"
#include "tests/autograd/few_ids.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

// What values with these ids add to a place.
double added_at(const Plain& values, const Shape& ids, Index extent, int axis, const Position& p) {
  const auto front = static_cast<std::size_t>(from_front(axis, ids.rank()));
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (i != front && p[i] >= ids.begin()[i]) return 0;
  }
  double sum = 0;
  for (Index j = 0; j < ids[axis]; ++j) {
    const Position source = with(p, static_cast<int>(front), j);
    if (id_at(extent, ids, source) == p[front]) sum += values(source);
  }
  return sum;
}

Row put_along_row(const std::string& variant, int axis, const Shape& small, const Shape& large) {
  const Index extent = 4;
  return {
      .name = "put_along_" + variant,
      .op = "put_along(Tensor, Indices, Index, int)",
      .call =
          [=](const Tensors& x) {
            return heed::put_along(x[0], ids_below(extent, x[0].shape()), extent, axis);
          },
      .formula =
          [=](const Plains& x) {
            return build(x[0].shape.with(axis, extent), [&](const Position& p) {
              return added_at(x[0], x[0].shape, extent, axis, p);
            });
          },
      .shapes = {small},
      .more = {{small.with(-1, 19)}, {small.with(0, 7)}},
      .without = {{small.with(0, 0)}, {small.with(-1, 0)}},
      .large = {large},
      .refusals = {{.label = "range",
                    .call =
                        [] {
                          heed::put_along(Tensor::ones({2, 1}), Indices(Shape{2, 1}, {0, 3}), 3);
                        },
                    .text =
                        "[put_along] id 3 at position 1 is outside [0, 3), axis 1 of the result"},
                   {.label = "shape",
                    .call =
                        [] {
                          heed::put_along(Tensor::ones({2, 2}), Indices(Shape{2, 1}, {0, 1}), 3);
                        },
                    .text = "[put_along] values (2, 2) and ids (2, 1) must have one shape"},
                   {.label = "extent",
                    .call = [] { heed::put_along(Tensor::ones({1}), Indices({0}), -1); },
                    .text = "[put_along] an extent of -1"}},
      .drawn = with_axis(axis)};
}

Row scatter_add_row(const std::string& variant, int axis, const Shape& ids,
                    std::vector<Shape> small, std::vector<std::vector<Shape>> without) {
  return {.name = "scatter_add_" + variant,
          .op = "scatter_add(Tensor, Indices, Tensor, int)",
          .call =
              [=](const Tensors& x) {
                const Shape shape = x[1].size() == 0 ? x[1].shape() : ids;
                return heed::scatter_add(x[0], ids_below(x[0].dim(axis), shape), x[1], axis);
              },
          .formula =
              [=](const Plains& x) {
                const Shape shape = x[1].shape.size() == 0 ? x[1].shape : ids;
                return build(x[0].shape, [&](const Position& p) {
                  return x[0](p) + added_at(x[1], shape, x[0].shape[axis], axis, p);
                });
              },
          .shapes = std::move(small),
          .without = std::move(without),
          .refusals = {{.label = "range",
                        .call =
                            [] {
                              heed::scatter_add(Tensor::ones({2, 3}), Indices(Shape{1, 2}, {0, 2}),
                                                Tensor::ones({1, 2}), 0);
                            },
                        .text = "[scatter_add] id 2 at position 1 is outside [0, 2), axis 0 of x"},
                       {.label = "x",
                        .call =
                            [] {
                              heed::scatter_add(Tensor::ones({2, 1}), Indices(Shape{1, 2}, {0, 0}),
                                                Tensor::ones({1, 2}), 0);
                            },
                        .text = "[scatter_add] ids (1, 2) do not lie inside x (2, 1)"},
                       {.label = "values",
                        .call =
                            [] {
                              heed::scatter_add(Tensor::ones({2, 3}), Indices(Shape{1, 2}, {0, 0}),
                                                Tensor::ones({1, 1}), 0);
                            },
                        .text = "[scatter_add] ids (1, 2) do not lie inside values (1, 1)"}}};
}

// The last of those that meet stays.
Row scatter_row(const std::string& variant, int axis, const Shape& ids, std::vector<Shape> small,
                std::vector<std::vector<Shape>> without) {
  return {.name = "scatter_" + variant,
          .op = "scatter(Tensor, Indices, Tensor, int)",
          .call =
              [=](const Tensors& x) {
                const Shape shape = x[1].size() == 0 ? x[1].shape() : ids;
                return heed::scatter(x[0], ids_below(x[0].dim(axis), shape), x[1], axis);
              },
          .formula =
              [=](const Plains& x) {
                const Shape shape = x[1].shape.size() == 0 ? x[1].shape : ids;
                const auto front = static_cast<std::size_t>(from_front(axis, ids.rank()));
                return build(x[0].shape, [&](const Position& p) {
                  double value = x[0](p);
                  each_position(shape, [&](const Position& source) {
                    Position to = source;
                    to[front] = id_at(x[0].shape[axis], shape, source);
                    if (to == p) value = x[1](source);
                  });
                  return value;
                });
              },
          .shapes = std::move(small),
          .without = std::move(without),
          .refusals = {{.label = "range",
                        .call =
                            [] {
                              heed::scatter(Tensor::ones({2, 3}), Indices(Shape{1, 2}, {0, 2}),
                                            Tensor::ones({1, 2}), 0);
                            },
                        .text = "[scatter] id 2 at position 1 is outside [0, 2), axis 0 of x"},
                       {.label = "values",
                        .call =
                            [] {
                              heed::scatter(Tensor::ones({2, 3}), Indices(Shape{1, 2}, {0, 0}),
                                            Tensor::ones({1, 1}), 0);
                            },
                        .text = "[scatter] ids (1, 2) do not lie inside values (1, 1)"}}};
}

}  // namespace

std::vector<Row> put_rows() {
  return {
      put_along_row("first", 0, {6, 2}, {5, 40'001}),
      put_along_row("last", -1, {2, 6}, {50'001, 4}),
      put_along_row("middle", 1, {2, 5, 2}, {90, 20, 80}),
      scatter_row("first", 0, {2, 2}, {{3, 2}, {2, 3}}, {{{3, 2}, {0, 2}}}),
      scatter_row("last", -1, {2, 4}, {{2, 3}, {2, 4}}, {{{2, 3}, {2, 0}}}),
      scatter_add_row("last", -1, {2, 5}, {{2, 3}, {2, 5}}, {{{2, 3}, {2, 0}}, {{0, 3}, {0, 2}}}),
      scatter_add_row("smaller", 0, {3, 1}, {{2, 2}, {4, 2}}, {}),
  };
}

}  // namespace heed_test
