#include "tests/autograd/plain.h"

#include <algorithm>

namespace heed_test {

double Plain::operator()(const Position& position) const {
  const std::size_t rank = static_cast<std::size_t>(shape.rank());
  Index offset = 0;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const Index extent = shape.begin()[axis];
    const Index at = position[position.size() - rank + axis];
    offset = offset * extent + (extent == 1 ? 0 : at);
  }
  return values.at(static_cast<std::size_t>(offset));
}

Plain plain(const Tensor& x) { return {x.shape(), {x.values().begin(), x.values().end()}}; }

Tensor tensor(const Plain& x) {
  std::vector<heed::Real> values;
  for (const double value : x.values) values.push_back(static_cast<heed::Real>(value));
  return Tensor(x.shape, values);
}

void each_position(const Shape& shape, const std::function<void(const Position&)>& visit) {
  Position position(static_cast<std::size_t>(shape.rank()), 0);
  for (Index count = 0; count < shape.size(); ++count) {
    visit(position);
    for (std::size_t axis = position.size(); axis-- > 0;) {
      if (++position[axis] < shape.begin()[axis]) break;
      position[axis] = 0;
    }
  }
}

Plain build(const Shape& shape, const std::function<double(const Position&)>& value) {
  Plain result{shape, {}};
  each_position(shape, [&](const Position& p) { result.values.push_back(value(p)); });
  return result;
}

Shape stretched(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::vector<Index> extents;
  for (int i = -rank; i < 0; ++i) {
    const Index left = -i <= a.rank() ? a[i] : 1;
    const Index right = -i <= b.rank() ? b[i] : 1;
    extents.push_back(left == 1 ? right : left);
  }
  return Shape(std::span<const Index>(extents));
}

Plain reduced(const Plain& x, const std::vector<int>& axes, bool keepdims,
              const std::function<double(const std::vector<double>&)>& total) {
  const int rank = x.shape.rank();
  std::vector<bool> goes(static_cast<std::size_t>(rank), false);
  for (const int axis : axes) goes[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)] = true;
  std::vector<Index> kept, shape;
  for (int axis = 0; axis < rank; ++axis) {
    const bool gone = goes[static_cast<std::size_t>(axis)];
    kept.push_back(gone ? 1 : x.shape[axis]);
    if (!gone || keepdims) shape.push_back(kept.back());
  }
  Plain result{Shape(std::span<const Index>(shape)), {}};
  std::vector<std::vector<double>> groups(static_cast<std::size_t>(result.shape.size()));
  each_position(x.shape, [&](const Position& p) {
    Index group = 0;
    for (std::size_t axis = 0; axis < p.size(); ++axis) {
      group = group * kept[axis] + (goes[axis] ? 0 : p[axis]);
    }
    groups[static_cast<std::size_t>(group)].push_back(x(p));
  });
  for (const auto& group : groups) result.values.push_back(total(group));
  return result;
}

Position with(Position position, int axis, Index value) {
  position[static_cast<std::size_t>(axis)] = value;
  return position;
}

Position inserted(Position position, int axis, Index value) {
  position.insert(position.begin() + axis, value);
  return position;
}

Position erased(Position position, int axis) {
  position.erase(position.begin() + axis);
  return position;
}

}  // namespace heed_test
