// A text as it lies in a file, plain or gzipped.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

// The bytes of the file, unpacked when it starts as gzip files do (gzip.h). `cap`, at most 1 GiB,
// bounds them. Throws IoError when it cannot be read, FormatError when it is longer or damaged.
std::string read_text_file(const std::filesystem::path& file,
                           std::size_t cap = std::size_t{1} << 30);

}  // namespace heed::inline HEED_REAL::data
