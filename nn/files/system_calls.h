// The calls to the system that files are read and written with, each replaceable, so that tests can
// make any one of them fail.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::nn {

// As in POSIX: a negative result is a failure, and errno says why.
struct SystemCalls {
  std::function<int(const char* path, int flags, mode_t mode)> open;
  std::function<ssize_t(int fd, const void* from, std::size_t bytes)> write;
  std::function<ssize_t(int fd, void* into, std::size_t bytes, off_t offset)> pread;
  std::function<int(int fd)> fsync;
  std::function<int(int fd)> close;
  std::function<int(const char* from, const char* to)> rename;
  std::function<int(const char* path)> unlink;
};

// Those of the system itself.
const SystemCalls& system_calls();

}  // namespace heed::inline HEED_REAL::nn
