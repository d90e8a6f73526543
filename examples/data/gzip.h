// Whole gzip files in memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

// The unpacked contents of a gzip file (RFC 1952, any number of members). `cap`, at most 1 GiB,
// bounds the result, so that a small file cannot fill the memory. Throws IoError when the file
// cannot be read, FormatError with the byte offset in the file when it is cut off, damaged,
// followed by something else, or unpacks to more than `cap` bytes.
std::string read_gzip(const std::filesystem::path& file, std::size_t cap);
// The same from memory; `name` stands in the errors.
std::string unpack_gzip(std::string packed, const std::string& name, std::size_t cap);

}  // namespace heed::inline HEED_REAL::data
