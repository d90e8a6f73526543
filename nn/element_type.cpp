#include "nn/element_type.h"

#include <array>

namespace heed::inline HEED_REAL::nn {
namespace {

struct Entry {
  ElementType type;
  const char* name;
  std::size_t bytes;
};

// In the order of the enumeration.
constexpr std::array<Entry, 5> types{{{ElementType::u8, "U8", 1},
                                      {ElementType::i32, "I32", 4},
                                      {ElementType::i64, "I64", 8},
                                      {ElementType::f32, "F32", 4},
                                      {ElementType::f64, "F64", 8}}};

}  // namespace

std::size_t element_bytes(ElementType type) { return types[static_cast<std::size_t>(type)].bytes; }

const char* element_name(ElementType type) { return types[static_cast<std::size_t>(type)].name; }

std::optional<ElementType> element_type(std::string_view name) {
  for (const Entry& entry : types) {
    if (name == entry.name) return entry.type;
  }
  return std::nullopt;
}

}  // namespace heed::inline HEED_REAL::nn
