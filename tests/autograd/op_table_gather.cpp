#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using heed::Indices;

// Repeats and leaves out: 0, 3, 6, ... modulo n.
Indices ids_below(Index n, const Shape& shape) {
  std::vector<std::int32_t> ids(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<std::int32_t>(static_cast<Index>(3 * i) % n);
  }
  return Indices(shape, ids);
}
Index id_at(Index n, const Shape& shape, const Position& p) {
  Index offset = 0;
  for (int i = 0; i < shape.rank(); ++i)
    offset = offset * shape[i] + p[static_cast<std::size_t>(i)];
  return 3 * offset % n;
}

Row index_select_row() {
  const Shape wanted{2, 4};
  return {
      .name = "index_select",
      .op = "index_select(Tensor, Indices)",
      .call =
          [=](const Tensors& x) {
            return heed::index_select(x[0], ids_below(x[0].dim(0), wanted));
          },
      .formula =
          [=](const Plains& x) {
            Shape shape = wanted;
            for (int i = 1; i < x[0].shape.rank(); ++i) {
              shape = shape.inserted(shape.rank(), x[0].shape[i]);
            }
            return build(shape, [&](const Position& p) {
              Position from(p.begin() + 1, p.end());
              from[0] = id_at(x[0].shape[0], wanted, {p[0], p[1]});
              return x[0](from);
            });
          },
      .shapes = {{5, 2}},
      .more = {{{7, 19}}, {{4}}, {{3, 2, 2}}},
      .without = {{{5, 0}}},
      .large = {{50, 20'001}},
      .refusals = {{.label = "range",
                    .call =
                        [] {
                          heed::index_select(Tensor::ones({3, 2}), Indices({0, 3}));
                        },
                    .text = "[index_select] id 3 at position 1 is outside [0, 3), the rows of x"}}};
}

Row index_add_row() {
  const Index rows = 5;
  return {
      .name = "index_add",
      .op = "index_add(Tensor, Indices, Index)",
      .call =
          [=](const Tensors& x) {
            return heed::index_add(x[0], ids_below(rows, Shape{x[0].dim(0)}), rows);
          },
      .formula =
          [=](const Plains& x) {
            return build(x[0].shape.with(0, rows), [&](const Position& p) {
              double sum = 0;
              for (Index i = 0; i < x[0].shape[0]; ++i) {
                if (3 * i % rows == p[0]) sum += x[0](with(p, 0, i));
              }
              return sum;
            });
          },
      .shapes = {{7, 2}},
      .more = {{{12, 19}}, {{8}}},
      .without = {{{0, 2}}, {{4, 0}}},
      .large = {{60, 5'001}},
      .refusals =
          {{.label = "range",
            .call =
                [] {
                  heed::index_add(Tensor::ones({2, 2}), Indices({0, 3}), 3);
                },
            .text = "[index_add] id 3 at position 1 is outside [0, 3), the rows of the result"}}};
}

Row take_along_row() {
  return {
      .name = "take_along",
      .op = "take_along(Tensor, Indices)",
      .call =
          [](const Tensors& x) {
            return heed::take_along(x[0], ids_below(x[0].dim(-1), x[0].shape().with(-1, 3)));
          },
      .formula =
          [](const Plains& x) {
            const Shape shape = x[0].shape.with(-1, 3);
            return build(shape, [&](const Position& p) {
              return x[0](with(p, shape.rank() - 1, id_at(x[0].shape[-1], shape, p)));
            });
          },
      .shapes = {{2, 4}},
      .more = {{{5, 19}}, {{7}}, {{2, 3, 5}}},
      .without = {{{0, 4}}},
      .large = {{50'001, 4}},
      .refusals = {{.label = "range",
                    .call =
                        [] {
                          heed::take_along(Tensor::ones({2, 3}), Indices(Shape{2, 1}, {0, 3}));
                        },
                    .text =
                        "[take_along] id 3 at position 1 is outside [0, 3), the last axis of x"}}};
}

Row put_along_row() {
  const Index n = 4;
  return {
      .name = "put_along",
      .op = "put_along(Tensor, Indices, Index)",
      .call =
          [=](const Tensors& x) { return heed::put_along(x[0], ids_below(n, x[0].shape()), n); },
      .formula =
          [=](const Plains& x) {
            const Shape& from = x[0].shape;
            return build(from.with(-1, n), [&](const Position& p) {
              double sum = 0;
              for (Index j = 0; j < from[-1]; ++j) {
                const Position source = with(p, from.rank() - 1, j);
                if (id_at(n, from, source) == p.back()) sum += x[0](source);
              }
              return sum;
            });
          },
      .shapes = {{2, 6}},
      .more = {{{5, 9}}, {{7}}},
      .without = {{{0, 4}}, {{2, 0}}},
      .large = {{50'001, 4}},
      .refusals =
          {{.label = "range",
            .call =
                [] {
                  heed::put_along(Tensor::ones({2, 1}), Indices(Shape{2, 1}, {0, 3}), 3);
                },
            .text =
                "[put_along] id 3 at position 1 is outside [0, 3), the last axis of the result"}}};
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
  return {index_select_row(), index_add_row(), take_along_row(), put_along_row(), one_hot_row()};
}

}  // namespace heed_test
