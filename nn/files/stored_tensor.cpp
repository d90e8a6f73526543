#include "nn/files/stored_tensor.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace heed::inline HEED_REAL::nn {
namespace {

using Bytes = std::vector<std::byte>;

static_assert(std::endian::native == std::endian::little, "files hold little-endian numbers");

template <class Number>
std::shared_ptr<const Bytes> copy_of(std::span<const Number> values) {
  const auto bytes = std::as_bytes(values);
  return std::make_shared<const Bytes>(bytes.begin(), bytes.end());
}

// Hands each value of a span of bytes to `put`, as a Number.
template <class Number, class Put>
void each(std::span<const std::byte> bytes, Put put) {
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(Number)) {
    Number value;
    std::memcpy(&value, bytes.data() + at, sizeof(Number));
    put(value);
  }
}

// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. Every value of it is a float.
float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int fraction = bits & 0x3ff;
  float size = 0;
  if (exponent == 0x1f) {
    size = fraction == 0 ? std::numeric_limits<float>::infinity()
                         : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    size = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    size = std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
  }
  return bits & 0x8000 ? -size : size;
}

// The upper half of a float.
float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

[[noreturn]] void wrong_type(const StoredTensor& stored, const char* wanted) {
  throw FormatError(fmt::format("[StoredTensor] '{}' is {}, and {}", stored.name(),
                                element_name(stored.type()), wanted));
}

[[noreturn]] void wrong_value(const StoredTensor& stored, std::int64_t value,
                              const std::string& why) {
  throw FormatError(fmt::format("[StoredTensor] '{}' holds {}, {}", stored.name(), value, why));
}

}  // namespace

StoredTensor::StoredTensor(std::string name, const Tensor& values)
    : StoredTensor(std::move(name),
                   std::is_same_v<Real, float> ? ElementType::f32 : ElementType::f64,
                   values.shape(), copy_of(values.values()), 0) {}

StoredTensor::StoredTensor(std::string name, const Indices& values)
    : StoredTensor(std::move(name), ElementType::i32, values.shape(), copy_of(values.values()), 0) {
}

StoredTensor::StoredTensor(std::string name, const Mask& values)
    : StoredTensor(std::move(name), ElementType::boolean, values.shape(), nullptr, 0) {
  auto bytes = std::make_shared<Bytes>();
  for (const std::uint8_t value : values.values()) bytes->push_back(std::byte{value != 0});
  file_ = std::move(bytes);
}

StoredTensor::StoredTensor(std::string name, ElementType type, Shape shape,
                           std::shared_ptr<const Bytes> file, std::size_t offset)
    : name_(std::move(name)), type_(type), shape_(shape), file_(std::move(file)), offset_(offset) {}

std::span<const std::byte> StoredTensor::bytes() const {
  const std::size_t length = static_cast<std::size_t>(shape_.size()) * element_bytes(type_);
  return std::span(*file_).subspan(offset_, length);
}

Tensor StoredTensor::tensor() const {
  Tensor values = Tensor::empty(shape_);
  Real* next = values.mutable_data();
  const auto put = [&](auto value) { *next++ = static_cast<Real>(value); };
  const auto put_whole = [&](std::int64_t value) {
    constexpr std::int64_t most = std::int64_t{1} << std::numeric_limits<Real>::digits;
    if (value < -most || value > most) {
      wrong_value(*this, value, fmt::format("and Real counts to {}", most));
    }
    put(value);
  };
  switch (type_) {
    case ElementType::f16:
      each<std::uint16_t>(bytes(), [&](std::uint16_t bits) { put(from_half(bits)); });
      break;
    case ElementType::bf16:
      each<std::uint16_t>(bytes(), [&](std::uint16_t bits) { put(from_bfloat(bits)); });
      break;
    case ElementType::f32:
      each<float>(bytes(), put);
      break;
    case ElementType::f64:
      each<double>(bytes(), put);
      break;
    case ElementType::u8:
      each<std::uint8_t>(bytes(), put_whole);
      break;
    case ElementType::i32:
      each<std::int32_t>(bytes(), put_whole);
      break;
    case ElementType::i64:
      each<std::int64_t>(bytes(), put_whole);
      break;
    case ElementType::boolean:
      wrong_type(*this, "yes and no are no numbers");
  }
  return values;
}

Indices StoredTensor::indices() const {
  std::vector<std::int32_t> values;
  values.reserve(static_cast<std::size_t>(shape_.size()));
  const auto put = [&](auto value) {
    const auto narrow = static_cast<std::int32_t>(value);
    if (static_cast<std::int64_t>(narrow) != static_cast<std::int64_t>(value)) {
      wrong_value(*this, value, "beyond int32");
    }
    values.push_back(narrow);
  };
  switch (type_) {
    case ElementType::u8:
      each<std::uint8_t>(bytes(), put);
      break;
    case ElementType::i32:
      each<std::int32_t>(bytes(), put);
      break;
    case ElementType::i64:
      each<std::int64_t>(bytes(), put);
      break;
    default:
      wrong_type(*this, "ids are U8, I32 or I64");
  }
  return Indices(shape_, std::move(values));
}

Mask StoredTensor::mask() const {
  if (type_ != ElementType::boolean) wrong_type(*this, "a mask is BOOL");
  std::vector<std::uint8_t> values;
  values.reserve(static_cast<std::size_t>(shape_.size()));
  each<std::uint8_t>(bytes(), [&](std::uint8_t value) {
    if (value > 1) wrong_value(*this, value, "and BOOL is 0 or 1");
    values.push_back(value);
  });
  return Mask(shape_, std::move(values));
}

}  // namespace heed::inline HEED_REAL::nn
