// The JSON header of a safetensors file, proved consistent with the length of the file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/shape.h"
#include "nn/files/element_type.h"

namespace heed::inline HEED_REAL::nn {

struct HeaderEntry {
  std::string name;
  ElementType type = ElementType::u8;
  Shape shape;
  std::uint64_t begin = 0;     // of its bytes, in the data section
  std::uint64_t end = 0;
  std::uint64_t position = 0;  // of its name, in the file
};

struct Header {
  std::map<std::string, std::string> metadata;
  std::vector<HeaderEntry> entries;  // by begin: each starts where the one before ends
};

// `text` starts at byte 8 of the file, `data_bytes` follow it. Throws FormatError whose message
// starts with "[safetensors] <file>: byte <offset>: ".
Header parse_header(std::string_view text, std::uint64_t data_bytes, const std::string& file,
                    bool lenient_whitespace);

// A name that may stand in a file: 1 to 512 bytes, no control characters.
bool good_name(std::string_view name);

[[noreturn]] void format_error(const std::string& file, std::uint64_t byte,
                               const std::string& what);

}  // namespace heed::inline HEED_REAL::nn
