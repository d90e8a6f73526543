// An open file that closes itself, read and written whole.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "nn/files/system_calls.h"

namespace heed::inline HEED_REAL::nn {

class FileDescriptor {
 public:
  // Throws IoError when the file cannot be opened. Descriptors are not inherited by other programs.
  FileDescriptor(const std::string& path, int flags, const SystemCalls& calls);
  ~FileDescriptor();
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  // The length of a regular file. Throws IoError on anything else: a pipe has no length.
  std::uint64_t length() const;
  // Fills `into` from `offset` on. Throws IoError, also when the file ends before.
  void read(std::span<std::byte> into, std::uint64_t offset) const;
  // Throws IoError.
  void write(std::span<const std::byte> content) const;
  void sync() const;
  // A failure to close is a failure to write.
  void close();

 private:
  std::string path_;
  const SystemCalls& calls_;
  int fd_;
};

// Throws IoError: [file] cannot <what> <path>: <errno in words>
[[noreturn]] void io_error(const std::string& what, const std::string& path, int error);

}  // namespace heed::inline HEED_REAL::nn
