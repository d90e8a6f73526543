// Rows of ops that move values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/autograd/op_table.h"

namespace heed_test {

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
  std::optional<Drawn> drawn = {};
};

Row moving(Move move);

// The value at the same place in row-major order.
double same_place(const Plain& x, const Shape& shape, const Position& p);
// The axis counted from the front.
inline int from_front(int axis, int rank) { return axis < 0 ? axis + rank : axis; }
// Any shape that has the axis, with an extent of at least `least` there.
Drawn with_axis(int axis, Index least = 0);
// For windows over (batch, channels, extents...): these shapes with other batches and larger
// extents of the first input.
Drawn larger_images(const std::vector<Shape>& shapes);

}  // namespace heed_test
