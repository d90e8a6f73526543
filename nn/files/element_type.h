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

// bf16 is the upper half of an f32.
enum class ElementType : std::uint8_t { boolean, u8, f16, bf16, i32, i64, f32, f64 };

// How many bytes one number takes.
std::size_t element_bytes(ElementType type);
// "F32" and so on, as safetensors calls them.
const char* element_name(ElementType type);
// The type of that name, if there is one.
std::optional<ElementType> element_type(std::string_view name);
// "BOOL, U8, ...": all of them.
std::string element_names();

// What a file claims to hold, before anything is believed: nothing when there are more than 8
// extents, or when a product of them, or the number of bytes, cannot be counted.
std::optional<Shape> stored_shape(std::span<const std::uint64_t> extents);
std::optional<std::uint64_t> stored_bytes(ElementType type, const Shape& shape);

}  // namespace heed::inline HEED_REAL::nn
