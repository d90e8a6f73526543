// Where a reader takes the bytes of a file from: a disk, or memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "nn/files/file_descriptor.h"

namespace heed::inline HEED_REAL::nn {

struct ByteSource {
  std::uint64_t length = 0;
  // Fills `into` from `offset` on; both lie within the length. Throws IoError.
  std::function<void(std::span<std::byte> into, std::uint64_t offset)> read;
};

// They read from their argument, which has to outlive them.
ByteSource byte_source(const FileDescriptor& file);
ByteSource byte_source(std::span<const std::byte> bytes);

// All from `offset` on.
std::vector<std::byte> bytes_from(const ByteSource& source, std::uint64_t offset);
// The first `count` bytes of a span as a number, little-endian.
std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t count);

}  // namespace heed::inline HEED_REAL::nn
