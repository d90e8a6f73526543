#include "autograd/indices.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/errors.h"
#include "autograd/kernels/mask_rows.h"

namespace heed::inline HEED_REAL {
namespace {

void check_count(const char* op, const Shape& shape, std::size_t count) {
  if (static_cast<std::size_t>(shape.size()) != count) {
    throw ShapeError(fmt::format("[{}] shape {} needs {} values, got {}", op, shape.str(),
                                 shape.size(), count));
  }
}

void check_reshape(const char* op, const Shape& from, const Shape& to) {
  if (from.size() != to.size()) {
    throw ShapeError(
        fmt::format("[{}] cannot view {} as {}: {} values against {}", op, from.str(), to.str(),
                    from.size(), to.size()));
  }
}

template <class Choose>
Mask combine(const char* op, const Mask& a, const Mask& b, Choose choose) {
  if (!a.defined() || !b.defined()) {
    throw ValueError(fmt::format("[{}] a mask is undefined", op));
  }
  const Shape shape = broadcast(a.shape(), b.shape(), op);
  if (shape.rank() == 0) return {shape, {choose(*a.data(), *b.data())}};
  std::vector<std::uint8_t> values(static_cast<std::size_t>(shape.size()));
  const MaskRows rows_a(a, shape, op);
  const MaskRows rows_b(b, shape, op);
  const Index n = shape[-1];
  const Index rows = n == 0 ? 0 : shape.size() / n;
  std::uint8_t* out = values.data();
  for (Index r = 0; r < rows; ++r) {
    const std::uint8_t* row_a = rows_a.row(r);
    const std::uint8_t* row_b = rows_b.row(r);
    for (Index j = 0; j < n; ++j) *out++ = choose(row_a[j], row_b[j]);
  }
  return {shape, std::move(values)};
}

}  // namespace

Indices::Indices(Shape shape, std::vector<std::int32_t> values) : shape_(shape) {
  check_count("Indices", shape, values.size());
  values_ = std::make_shared<const std::vector<std::int32_t>>(std::move(values));
}

Indices::Indices(std::vector<std::int32_t> values)
    : shape_{static_cast<Index>(values.size())},
      values_(std::make_shared<const std::vector<std::int32_t>>(std::move(values))) {}

Indices Indices::reshape(const Shape& shape) const {
  check_reshape("Indices.reshape", shape_, shape);
  Indices result = *this;
  result.shape_ = shape;
  return result;
}

Mask::Mask(Shape shape, std::vector<std::uint8_t> values) : shape_(shape) {
  check_count("Mask", shape, values.size());
  values_ = std::make_shared<const std::vector<std::uint8_t>>(std::move(values));
}

Mask Mask::reshape(const Shape& shape) const {
  check_reshape("Mask.reshape", shape_, shape);
  Mask result = *this;
  result.shape_ = shape;
  return result;
}

Mask operator&(const Mask& a, const Mask& b) {
  return combine("mask &", a, b, [](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>(x != 0 && y != 0);
  });
}

Mask operator|(const Mask& a, const Mask& b) {
  return combine("mask |", a, b, [](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>(x != 0 || y != 0);
  });
}

Mask operator^(const Mask& a, const Mask& b) {
  return combine("mask ^", a, b, [](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>((x != 0) != (y != 0));
  });
}

Mask operator!(const Mask& a) {
  if (!a.defined()) throw ValueError("[mask !] the mask is undefined");
  std::vector<std::uint8_t> values(a.values().begin(), a.values().end());
  for (std::uint8_t& value : values) value = value == 0 ? 1 : 0;
  return {a.shape(), std::move(values)};
}

}  // namespace heed::inline HEED_REAL
