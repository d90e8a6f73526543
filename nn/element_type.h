// The types of numbers that lie in files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::nn {

enum class ElementType : std::uint8_t { u8, i32, i64, f32, f64 };

std::size_t element_bytes(ElementType type);
// "F32" and so on, as safetensors calls them.
const char* element_name(ElementType type);
std::optional<ElementType> element_type(std::string_view name);

}  // namespace heed::inline HEED_REAL::nn
