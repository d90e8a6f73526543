// The types of numbers that lie in files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL::nn {

// bf16 is the upper half of an f32. Those from i8 on lie in files of others: they are carried, and
// refused when their values are asked for. f4 and f6 lie packed, without a gap between numbers.
enum class ElementType : std::uint8_t {
  boolean, u8, f16, bf16, i32, i64, f32, f64,
  i8, f4, f6_e2m3, f6_e3m2, f8_e4m3, f8_e5m2, f8_e8m0, f8_e4m3fnuz, f8_e5m2fnuz, i16, u16, u32,
  u64, c64
};

// How many bits one number takes; how many bytes, where that is a whole number of them.
std::size_t element_bits(ElementType type);
std::size_t element_bytes(ElementType type);
// "F32" and so on, as safetensors calls them.
const char* element_name(ElementType type);
// The type of that name, if there is one.
std::optional<ElementType> element_type(std::string_view name);
// "BOOL, U8, ...": those whose values can be read.
std::string readable_names();
bool is_readable(ElementType type);

// What a file claims to hold, before anything is believed: nothing when there are more than 8
// extents, or when a product of them, or the number of bits, cannot be counted.
std::optional<Shape> stored_shape(std::span<const std::uint64_t> extents);
std::optional<std::uint64_t> stored_bytes(ElementType type, const Shape& shape);
// Do so many numbers end where a byte ends? Those of 4 and 6 bits may not.
bool fills_bytes(ElementType type, const Shape& shape);

}  // namespace heed::inline HEED_REAL::nn
