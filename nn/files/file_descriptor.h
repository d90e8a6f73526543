// An open file that closes itself, read and written whole.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

#include "nn/files/system_calls.h"

namespace heed::inline HEED_REAL::nn {

// Of a file that is made; the user's mask takes away from it.
inline constexpr mode_t new_file_mode = 0666;

// Tells whether a file is still what it was: its length, and when it was last written.
struct FileState {
  std::uint64_t length = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  friend bool operator==(const FileState&, const FileState&) = default;
};

class FileDescriptor {
 public:
  // Throws IoError when the file cannot be opened, and on an empty path. Descriptors are not
  // inherited by other programs. `mode` is that of a file that is made.
  FileDescriptor(const std::string& path, int flags, const SystemCalls& calls,
                 mode_t mode = new_file_mode);
  ~FileDescriptor();
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  const std::string& path() const { return path_; }
  // Of a regular file. Throws IoError on anything else: a pipe has no length.
  FileState state() const;
  std::uint64_t length() const { return state().length; }
  // Fills `into` from `offset` on. Throws IoError, also when the file ends before.
  void read(std::span<std::byte> into, std::uint64_t offset) const;
  // Whatever the user's mask. Throws IoError.
  void set_mode(mode_t mode) const;
  // Its first `length` bytes, at least one, as memory that is filled when it is looked at; whoever
  // asked gives it back with munmap. Throws IoError.
  std::span<const std::byte> map(std::uint64_t length) const;
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

// errno in words; of a file that is missing because its folder is, "there is no folder ...".
std::string reason(const std::string& path, int error);
// Throws IoError: [file] cannot <what> <path>: <reason>
[[noreturn]] void io_error(const std::string& what, const std::string& path, int error);

}  // namespace heed::inline HEED_REAL::nn
