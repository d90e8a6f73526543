#include "nn/files/byte_source.h"

#include <algorithm>

namespace heed::inline HEED_REAL::nn {

ByteSource byte_source(const FileDescriptor& file) {
  return {file.length(),
          [&file](std::span<std::byte> into, std::uint64_t offset) { file.read(into, offset); }};
}

ByteSource byte_source(std::span<const std::byte> bytes) {
  return {bytes.size(), [bytes](std::span<std::byte> into, std::uint64_t offset) {
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), into.size(),
                        into.begin());
          }};
}

std::vector<std::byte> bytes_from(const ByteSource& source, std::uint64_t offset) {
  std::vector<std::byte> bytes(source.length - offset);
  source.read(bytes, offset);
  return bytes;
}

std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return value;
}

}  // namespace heed::inline HEED_REAL::nn
