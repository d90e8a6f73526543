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
// refused when their values are asked for.
enum class ElementType : std::uint8_t {
  boolean, u8, f16, bf16, i32, i64, f32, f64,
  i8, f8_e4m3, f8_e5m2, f8_e8m0, i16, u16, u32, u64, c64
};

// How many bytes one number takes.
std::size_t element_bytes(ElementType type);
// "F32" and so on, as safetensors calls them.
const char* element_name(ElementType type);
// The type of that name, if there is one.
std::optional<ElementType> element_type(std::string_view name);
// "BOOL, U8, ...": those whose values can be read.
std::string readable_names();
bool is_readable(ElementType type);

// What a file claims to hold, before anything is believed: nothing when there are more than 8
// extents, or when a product of them, or the number of bytes, cannot be counted.
std::optional<Shape> stored_shape(std::span<const std::uint64_t> extents);
std::optional<std::uint64_t> stored_bytes(ElementType type, const Shape& shape);

}  // namespace heed::inline HEED_REAL::nn
