#include "nn/files/element_type.h"

#include <array>
#include <limits>

namespace heed::inline HEED_REAL::nn {
namespace {

struct Entry {
  ElementType type;
  const char* name;
  std::size_t bits;
};

// In the order of the enumeration.
constexpr std::array<Entry, 22> types{{{ElementType::boolean, "BOOL", 8},
                                      {ElementType::u8, "U8", 8},
                                      {ElementType::f16, "F16", 16},
                                      {ElementType::bf16, "BF16", 16},
                                      {ElementType::i32, "I32", 32},
                                      {ElementType::i64, "I64", 64},
                                      {ElementType::f32, "F32", 32},
                                      {ElementType::f64, "F64", 64},
                                      {ElementType::i8, "I8", 8},
                                      {ElementType::f4, "F4", 4},
                                      {ElementType::f6_e2m3, "F6_E2M3", 6},
                                      {ElementType::f6_e3m2, "F6_E3M2", 6},
                                      {ElementType::f8_e4m3, "F8_E4M3", 8},
                                      {ElementType::f8_e5m2, "F8_E5M2", 8},
                                      {ElementType::f8_e8m0, "F8_E8M0", 8},
                                      {ElementType::f8_e4m3fnuz, "F8_E4M3FNUZ", 8},
                                      {ElementType::f8_e5m2fnuz, "F8_E5M2FNUZ", 8},
                                      {ElementType::i16, "I16", 16},
                                      {ElementType::u16, "U16", 16},
                                      {ElementType::u32, "U32", 32},
                                      {ElementType::u64, "U64", 64},
                                      {ElementType::c64, "C64", 64}}};

}  // namespace

std::size_t element_bits(ElementType type) { return types[static_cast<std::size_t>(type)].bits; }

std::size_t element_bytes(ElementType type) { return element_bits(type) / 8; }

const char* element_name(ElementType type) { return types[static_cast<std::size_t>(type)].name; }

std::optional<ElementType> element_type(std::string_view name) {
  for (const Entry& entry : types) {
    if (name == entry.name) return entry.type;
  }
  return std::nullopt;
}

bool is_readable(ElementType type) { return type < ElementType::i8; }

std::string readable_names() {
  std::string names;
  for (const Entry& entry : types) {
    if (!is_readable(entry.type)) break;
    if (!names.empty()) names += ", ";
    names += entry.name;
  }
  return names;
}

// The product of the extents that are not 0 has to fit, so that every product that follows from
// them does.
std::optional<Shape> stored_shape(std::span<const std::uint64_t> extents) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<Index>::max());
  if (extents.size() > Shape::max_rank) return std::nullopt;
  std::array<Index, Shape::max_rank> checked{};
  Index product = 1;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (extents[i] > largest) return std::nullopt;
    checked[i] = static_cast<Index>(extents[i]);
    if (checked[i] != 0 && __builtin_mul_overflow(product, checked[i], &product)) {
      return std::nullopt;
    }
  }
  return Shape(std::span<const Index>(checked.data(), extents.size()));
}

std::optional<std::uint64_t> stored_bytes(ElementType type, const Shape& shape) {
  std::uint64_t bits = 0;
  const auto elements = static_cast<std::uint64_t>(shape.size());
  if (__builtin_mul_overflow(elements, std::uint64_t{element_bits(type)}, &bits)) {
    return std::nullopt;
  }
  return bits / 8;
}

bool fills_bytes(ElementType type, const Shape& shape) {
  return static_cast<std::uint64_t>(shape.size()) % 8 * element_bits(type) % 8 == 0;
}

}  // namespace heed::inline HEED_REAL::nn
