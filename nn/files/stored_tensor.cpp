#include "nn/files/stored_tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace heed::inline HEED_REAL::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "files hold little-endian numbers");

template <class Number>
SharedBytes copy_of(std::span<const Number> values) {
  const auto bytes = std::as_bytes(values);
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

SharedBytes bytes_of(const Mask& mask) {
  std::vector<std::byte> bytes;
  for (const std::uint8_t value : mask.values()) bytes.push_back(std::byte{value != 0});
  return bytes;
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

template <class Number>
Number number_at(const std::byte* at) {
  Number value;
  std::memcpy(&value, at, sizeof(Number));
  return value;
}

// Calls use(decode, bytes) with the function that makes a Real of the bytes of one number.
template <class Use>
void with_decoder(ElementType type, Use&& use) {
  const auto plain = [&]<class Number>(Number) {
    use([](const std::byte* at) { return static_cast<Real>(number_at<Number>(at)); });
  };
  switch (type) {
    case ElementType::f16:
      return use([](const std::byte* at) {
        return static_cast<Real>(from_half(number_at<std::uint16_t>(at)));
      });
    case ElementType::bf16:
      return use([](const std::byte* at) {
        return static_cast<Real>(from_bfloat(number_at<std::uint16_t>(at)));
      });
    case ElementType::u8:
      return plain(std::uint8_t{});
    case ElementType::i32:
      return plain(std::int32_t{});
    case ElementType::i64:
      return plain(std::int64_t{});
    case ElementType::f32:
      return plain(float{});
    case ElementType::f64:
      return plain(double{});
    default:
      return;  // check_numbers() refuses them
  }
}

// Reads the numbers at `from` in the bytes from `start` on. Of one axis at least.
void copy_rows(ElementType type, const std::byte* start, const Layout& from, Real* into,
               const Layout& to) {
  const auto width = static_cast<Index>(element_bytes(type));
  const auto last = static_cast<std::size_t>(from.shape.rank() - 1);
  const Index length = from.shape[-1], step = from.steps[last], to_step = to.steps[last];
  with_decoder(type, [&](auto decode) {
    each_row(from, to, [&](Index a, Index b) {
      const std::byte* const row = start + a * width;
      Real* const out = into + b;
      if (step == 1 && to_step == 1) {
        for (Index i = 0; i < length; ++i) out[i] = decode(row + i * width);
      } else {
        for (Index i = 0; i < length; ++i) out[i * to_step] = decode(row + i * step * width);
      }
    });
  });
}

[[noreturn]] void wrong_type(const StoredTensor& stored, const std::string& wanted) {
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
                   values.shape(), copy_of(values.values())) {}

StoredTensor::StoredTensor(std::string name, const Indices& values)
    : StoredTensor(std::move(name), ElementType::i32, values.shape(), copy_of(values.values())) {}

StoredTensor::StoredTensor(std::string name, const Mask& values)
    : StoredTensor(std::move(name), ElementType::boolean, values.shape(), bytes_of(values)) {}

StoredTensor::StoredTensor(std::string name, ElementType type, Shape shape, SharedBytes bytes,
                           std::size_t offset)
    : name_(std::move(name)),
      type_(type),
      shape_(shape),
      bytes_(std::move(bytes)),
      offset_(offset) {}

std::span<const std::byte> StoredTensor::bytes() const {
  return bytes_.part(offset_, static_cast<std::size_t>(shape_.size()) * element_bits(type_) / 8);
}

void StoredTensor::check_numbers() const {
  constexpr std::int64_t most = std::int64_t{1} << std::numeric_limits<Real>::digits;
  const auto check = [&](std::int64_t value) {
    if (value < -most || value > most) {
      wrong_value(*this, value, fmt::format("and Real counts to {}", most));
    }
  };
  const auto values = bytes();  // of a file that is what it was
  if (type_ == ElementType::boolean) wrong_type(*this, "yes and no are no numbers");
  if (!is_readable(type_)) wrong_type(*this, "what can be read is " + readable_names());
  if (type_ == ElementType::i32) each<std::int32_t>(values, check);
  if (type_ == ElementType::i64) each<std::int64_t>(values, check);
}

void StoredTensor::read(const Layout& from, Real* into, const Layout& to) const {
  const Index count = from.shape.size();
  if (count == 0) return;
  const std::byte* const start = bytes().data();
  const std::size_t width = element_bytes(type_);
  if (!from.is_packed() || !to.is_packed()) {
    copy_rows(type_, start, from, into, to);
    bytes_.let_go(offset_, bytes().size());
    return;
  }
  constexpr Index piece = Index{1} << 20;
  for (Index done = 0; done < count; done += piece) {
    const Layout part = Layout::packed({std::min(piece, count - done)});
    const Index first = from.first + done;
    copy_rows(type_, start + static_cast<std::size_t>(first) * width, part, into + to.first + done,
              part);
    bytes_.let_go(offset_ + static_cast<std::size_t>(first) * width,
                  static_cast<std::size_t>(part.shape.size()) * width);
  }
}

bool StoredTensor::same_bytes(const StoredTensor& other) const {
  const auto mine = bytes(), theirs = other.bytes();
  if (mine.size() != theirs.size()) return false;
  constexpr std::size_t piece = std::size_t{1} << 22;
  for (std::size_t done = 0; done < mine.size(); done += piece) {
    const std::size_t count = std::min(piece, mine.size() - done);
    if (std::memcmp(mine.data() + done, theirs.data() + done, count) != 0) return false;
    bytes_.let_go(offset_ + done, count);
    other.bytes_.let_go(other.offset_ + done, count);
  }
  return true;
}

Tensor StoredTensor::tensor() const {
  check_numbers();
  Tensor values = Tensor::empty(shape_);
  const Layout all = Layout::packed(shape_);
  read(all, values.mutable_data(), all);
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
  if (type_ != ElementType::boolean && type_ != ElementType::u8) {
    wrong_type(*this, "a mask is BOOL or U8");
  }
  std::vector<std::uint8_t> values;
  values.reserve(static_cast<std::size_t>(shape_.size()));
  each<std::uint8_t>(bytes(), [&](std::uint8_t value) {
    if (value > 1) wrong_value(*this, value, "and a mask is 0 or 1");
    values.push_back(value);
  });
  return Mask(shape_, std::move(values));
}

}  // namespace heed::inline HEED_REAL::nn
