// The extents of a tensor: 0 to 8 axes.
#pragma once

#include <array>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

class Shape {
 public:
  static constexpr int max_rank = 8;

  // A scalar: rank 0, one element.
  Shape() = default;
  // Throws ShapeError on a negative extent, on more than 8 axes and when the size overflows.
  Shape(std::initializer_list<Index> extents);
  explicit Shape(std::span<const Index> extents);

  int rank() const { return rank_; }
  // The number of elements; 1 for a scalar, 0 when any extent is 0.
  Index size() const { return size_; }
  // The extent of one axis; -1 is the last. Throws ShapeError when there is no such axis.
  Index operator[](int axis) const;

  const Index* begin() const { return extents_.data(); }
  const Index* end() const { return extents_.data() + rank_; }

  // The axis counted from the front. Throws ShapeError, naming `op`, when there is no such axis.
  int axis(int axis, const char* op) const;
  // A copy with one extent replaced, an axis put in before `axis`, or an axis taken out.
  Shape with(int axis, Index extent) const;
  Shape inserted(int axis, Index extent) const;
  Shape erased(int axis) const;

  std::string str() const;  // "(2, 3, 4)"

  friend bool operator==(const Shape& a, const Shape& b);

 private:
  std::array<Index, max_rank> extents_{};
  int rank_ = 0;
  Index size_ = 1;
};

// As str().
std::ostream& operator<<(std::ostream& out, const Shape& shape);

// The shape that two operands broadcast to, as NumPy does. Throws ShapeError naming `op` and both.
Shape broadcast(const Shape& a, const Shape& b, const char* op);

}  // namespace heed::inline HEED_REAL
