#include "tests/autograd/op_table_move.h"

namespace heed_test {

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
          .refusals = move.refusals,
          .drawn = move.drawn};
}

Drawn with_axis(int axis, Index least) {
  return {.least_rank = axis < 0 ? -axis : axis + 1, .shapes = [=](const Shape& shape) {
            return std::vector<Shape>{shape.with(axis, shape[axis] + least)};
          }};
}

Drawn larger_images(const std::vector<Shape>& shapes) {
  const int axes = shapes[0].rank() - 2;
  return {.least_rank = 1 + axes, .most_rank = 1 + axes, .shapes = [=](const Shape& drawn) {
            std::vector<Shape> larger = shapes;
            larger[0] = larger[0].with(0, drawn[0]);
            for (int i = 0; i < axes; ++i) {
              larger[0] = larger[0].with(2 + i, shapes[0][2 + i] + drawn[1 + i]);
            }
            return larger;
          }};
}

double same_place(const Plain& x, const Shape& shape, const Position& p) {
  Index offset = 0;
  for (int i = 0; i < shape.rank(); ++i)
    offset = offset * shape[i] + p[static_cast<std::size_t>(i)];
  return x.values[static_cast<std::size_t>(offset)];
}

}  // namespace heed_test
