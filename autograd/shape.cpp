#include "autograd/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {

Shape::Shape(std::initializer_list<Index> extents)
    : Shape(std::span<const Index>(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const Index> extents) {
  if (extents.size() > max_rank) {
    throw ShapeError(
        fmt::format("[Shape] {} axes; a tensor has at most {}", extents.size(), max_rank));
  }
  rank_ = static_cast<int>(extents.size());
  std::copy(extents.begin(), extents.end(), extents_.begin());
  bool overflow = false;
  for (const Index extent : extents) {
    if (extent < 0) throw ShapeError(fmt::format("[Shape] negative extent in {}", str()));
    overflow = __builtin_mul_overflow(size_, extent, &size_) || overflow;
  }
  if (overflow && std::find(begin(), end(), 0) == end()) {
    throw ShapeError(fmt::format("[Shape] {} has more elements than can be counted", str()));
  }
  if (overflow) size_ = 0;
}

Index Shape::operator[](int axis) const {
  return extents_[static_cast<std::size_t>(this->axis(axis, "Shape"))];
}

int Shape::axis(int axis, const char* op) const {
  const int from_front = axis < 0 ? axis + rank_ : axis;
  if (from_front < 0 || from_front >= rank_) {
    throw ShapeError(fmt::format("[{}] no axis {} in a tensor of shape {}", op, axis, str()));
  }
  return from_front;
}

Shape Shape::with(int axis, Index extent) const {
  std::vector<Index> extents(begin(), end());
  extents[static_cast<std::size_t>(this->axis(axis, "Shape"))] = extent;
  return Shape(extents);
}

Shape Shape::inserted(int axis, Index extent) const {
  std::vector<Index> extents(begin(), end());
  extents.insert(extents.begin() + axis, extent);
  return Shape(extents);
}

Shape Shape::erased(int axis) const {
  std::vector<Index> extents(begin(), end());
  extents.erase(extents.begin() + this->axis(axis, "Shape"));
  return Shape(extents);
}

std::string Shape::str() const { return fmt::format("({})", fmt::join(begin(), end(), ", ")); }

bool operator==(const Shape& a, const Shape& b) {
  return a.rank_ == b.rank_ && std::equal(a.begin(), a.end(), b.begin());
}

Shape broadcast(const Shape& a, const Shape& b, const char* op) {
  if (a == b) return a;
  const int rank = std::max(a.rank(), b.rank());
  std::array<Index, Shape::max_rank> extents{};
  for (int i = 0; i < rank; ++i) {
    const int in_a = i - (rank - a.rank());
    const int in_b = i - (rank - b.rank());
    const Index x = in_a < 0 ? 1 : a[in_a];
    const Index y = in_b < 0 ? 1 : b[in_b];
    if (x != y && x != 1 && y != 1) {
      throw ShapeError(fmt::format("[{}] shapes {} and {} do not broadcast: {} vs {} in axis {}",
                                   op, a.str(), b.str(), x, y, i - rank));
    }
    extents[static_cast<std::size_t>(i)] = x == 1 ? y : x;
  }
  return Shape(std::span<const Index>(extents.data(), static_cast<std::size_t>(rank)));
}

}  // namespace heed::inline HEED_REAL
