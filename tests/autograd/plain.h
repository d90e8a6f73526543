// The second formula of every op is written with this: an array of doubles, read one position at a
// time. Slow, obvious, and without a line in common with the library.
#pragma once

#include <functional>
#include <vector>

#include "autograd/shape.h"
#include "autograd/tensor.h"

namespace heed_test {

using heed::Index;
using heed::Shape;
using heed::Tensor;
using Position = std::vector<Index>;

struct Plain {
  Shape shape;
  std::vector<double> values;

  // The value at a position. Missing front axes and axes of extent 1 are stretched as in NumPy.
  double operator()(const Position& position) const;
};

Plain plain(const Tensor& x);
Tensor tensor(const Plain& x);

// Every position of the shape, the last axis fastest.
void each_position(const Shape& shape, const std::function<void(const Position&)>& visit);
Plain build(const Shape& shape, const std::function<double(const Position&)>& value);
// The shape that a and b stretch to.
Shape stretched(const Shape& a, const Shape& b);

// What falls together when the axes go (from the front or the back), made one by `total`.
Plain reduced(const Plain& x, const std::vector<int>& axes, bool keepdims,
              const std::function<double(const std::vector<double>&)>& total);

// The position with one axis replaced, put in before `axis`, or taken out.
Position with(Position position, int axis, Index value);
Position inserted(Position position, int axis, Index value);
Position erased(Position position, int axis);

}  // namespace heed_test
