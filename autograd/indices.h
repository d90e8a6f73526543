// Token ids, class labels, edges: whole numbers that no gradient flows to.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <vector>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

// A shape and int32 values. A cheap handle: copies share the values.
class Indices {
 public:
  Indices() = default;  // empty, shape (0)
  // Throws ShapeError unless values.size() == shape.size().
  Indices(Shape shape, std::vector<std::int32_t> values);
  // Rank 1.
  explicit Indices(std::vector<std::int32_t> values);

  const Shape& shape() const { return shape_; }
  Index dim(int axis) const { return shape_[axis]; }  // -1 is the last axis
  Index size() const { return shape_.size(); }
  // In C order, the last axis fastest.
  const std::int32_t* data() const { return values_ ? values_->data() : nullptr; }
  std::span<const std::int32_t> values() const {
    return {data(), static_cast<std::size_t>(size())};
  }
  // The i-th value in C order; i is not checked.
  std::int32_t operator[](Index i) const { return data()[i]; }

  // The same values in another shape of the same size.
  Indices reshape(const Shape& shape) const;

 private:
  Shape shape_{0};
  std::shared_ptr<const std::vector<std::int32_t>> values_;
};

// Kind, shape and values; of more than 1000 values the ends of each axis.
std::ostream& operator<<(std::ostream& out, const Indices& indices);

// Yes or no for every position: which keys are visible, which branch is taken. Masks broadcast
// against tensors as tensors do. true = visible / taken.
class Mask {
 public:
  Mask() = default;  // undefined: "no mask"
  // 0 and 1 in C order. Throws ShapeError unless values.size() == shape.size().
  Mask(Shape shape, std::vector<std::uint8_t> values);

  bool defined() const { return values_ != nullptr; }
  const Shape& shape() const { return shape_; }
  Index dim(int axis) const { return shape_[axis]; }  // -1 is the last axis
  Index size() const { return shape_.size(); }
  const std::uint8_t* data() const { return values_ ? values_->data() : nullptr; }
  std::span<const std::uint8_t> values() const {
    return {data(), static_cast<std::size_t>(size())};
  }
  // The i-th in C order; i is not checked.
  bool operator[](Index i) const { return data()[i] != 0; }
  Mask reshape(const Shape& shape) const;

  // Elementwise, with broadcasting.
  friend Mask operator&(const Mask& a, const Mask& b);
  friend Mask operator|(const Mask& a, const Mask& b);
  friend Mask operator^(const Mask& a, const Mask& b);  // one of the two, not both
  friend Mask operator!(const Mask& a);

 private:
  Shape shape_{0};
  std::shared_ptr<const std::vector<std::uint8_t>> values_;
};

std::ostream& operator<<(std::ostream& out, const Mask& mask);

}  // namespace heed::inline HEED_REAL
