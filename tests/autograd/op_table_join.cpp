#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

Plain joined(const Plains& parts, int axis) {
  Index extent = 0;
  for (const Plain& part : parts) extent += part.shape[axis];
  return build(parts[0].shape.with(axis, extent), [&](const Position& p) {
    Index at = p[static_cast<std::size_t>(axis)];
    for (const Plain& part : parts) {
      if (at < part.shape[axis]) return part(with(p, axis, at));
      at -= part.shape[axis];
    }
    return 0.0;
  });
}

Row concat_row(const std::string& variant, int axis, std::vector<Shape> shapes,
               std::vector<Shape> without) {
  return {
      .name = "concat_" + variant,
      .op = "concat(std::vector<Tensor>, int)",
      .call = [axis](const Tensors& x) { return heed::concat(x, axis); },
      .formula =
          [axis](const Plains& x) { return joined(x, axis < 0 ? axis + x[0].shape.rank() : axis); },
      .shapes = std::move(shapes),
      .without = {std::move(without)},
      .refusals = {{.label = "shapes",
                    .call =
                        [] {
                          heed::concat({Tensor::ones({2, 3}), Tensor::ones({2, 4})}, 0);
                        },
                    .text = "[concat] part 1 of shape (2, 4) does not join (2, 3) along axis 0"},
                   {.label = "nothing",
                    .call = [] { heed::concat(Tensors{}, 0); },
                    .text = "[concat] of no tensors"}},
      .drawn =
          Drawn{.least_rank = axis < 0 ? -axis : axis + 1, .shapes = [axis](const Shape& shape) {
                  return std::vector<Shape>{shape, shape.with(axis, shape[axis] + 2),
                                            shape.with(axis, 1)};
                }}};
}

Row append_row(const std::string& variant, int axis, std::vector<Shape> shapes,
               std::vector<Shape> without) {
  Row row = concat_row(variant, axis, std::move(shapes), std::move(without));
  row.name = "append_" + variant;
  row.op = "append(Tensor, Tensor, int)";
  row.call = [axis](const Tensors& x) { return heed::append(x[0], x[1], axis); };
  row.refusals = {{.label = "shapes",
                   .call = [] { heed::append(Tensor::ones({2, 3}), Tensor::ones({2, 4}), 0); },
                   .text = "[append] part 1 of shape (2, 4) does not join (2, 3) along axis 0"}};
  row.drawn->shapes = [axis](const Shape& shape) {
    return std::vector<Shape>{shape, shape.with(axis, shape[axis] + 2)};
  };
  return row;
}

Row stack_row(const std::string& variant, int axis) {
  return {.name = "stack_" + variant,
          .op = "stack(std::vector<Tensor>, int)",
          .call = [axis](const Tensors& x) { return heed::stack(x, axis); },
          .formula =
              [axis](const Plains& x) {
                const int front = axis < 0 ? axis + x[0].shape.rank() + 1 : axis;
                const Shape shape = x[0].shape.inserted(front, static_cast<Index>(x.size()));
                return build(shape, [&](const Position& p) {
                  const auto part = static_cast<std::size_t>(p[static_cast<std::size_t>(front)]);
                  return x[part](erased(p, front));
                });
              },
          .shapes = {{2, 3}, {2, 3}, {2, 3}},
          .more = {{{5, 19}, {5, 19}}, {{2, 3}}},
          .without = {{{0, 2}, {0, 2}}},
          .large = {{300, 401}, {300, 401}},
          .refusals = {{.label = "shapes",
                        .call =
                            [] {
                              heed::stack({Tensor::ones({2, 3}), Tensor::ones({2, 4})}, 0);
                            },
                        .text = "[stack] part 1 of shape (2, 4) beside (2, 3)"}},
          .drawn = Drawn{.least_rank = axis > 0 ? axis : 0}};
}

}  // namespace

std::vector<Row> join_rows() {
  return {
      concat_row("first", 0, {{2, 3}, {1, 3}, {3, 3}}, {{0, 3}, {2, 3}}),
      concat_row("last", -1, {{2, 3}, {2, 1}, {2, 2}}, {{2, 0}, {2, 3}, {2, 0}}),
      concat_row("middle", 1, {{2, 2, 2}, {2, 1, 2}}, {{0, 2, 2}, {0, 1, 2}}),
      append_row("first", 0, {{2, 3}, {3, 3}}, {{0, 3}, {2, 3}}),
      append_row("tokens", 1, {{1, 3, 2}, {1, 2, 2}}, {{1, 3, 0}, {1, 2, 0}}),
      append_row("copied", 1, {{2, 3, 2}, {2, 2, 2}}, {{0, 3, 2}, {0, 1, 2}}),
      stack_row("first", 0),
      stack_row("last", -1),
      stack_row("middle", 1),
  };
}

}  // namespace heed_test
