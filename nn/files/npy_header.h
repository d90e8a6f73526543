// The header of an .npy file: the little of Python that NumPy writes there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nn/files/element_type.h"

namespace heed::inline HEED_REAL::nn {

struct NpyHeader {
  ElementType type = ElementType::f32;
  bool fortran_order = false;
  Shape shape;
};

// `text` starts at byte `first` of the file. Throws FormatError whose message starts with
// "[npy] <file>: byte <offset>: ".
NpyHeader parse_npy_header(std::string_view text, std::uint64_t first, const std::string& file);

// The text of a header, without what pads it.
std::string npy_header_text(ElementType type, const Shape& shape);

[[noreturn]] void npy_error(const std::string& file, std::uint64_t byte, const std::string& what);

}  // namespace heed::inline HEED_REAL::nn
