#include "nn/files/system_calls.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace heed::inline HEED_REAL::nn {

const SystemCalls& system_calls() {
  static const SystemCalls calls{
      [](const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); },
      ::write, ::pread, ::fsync, ::close, ::rename, ::unlink};
  return calls;
}

}  // namespace heed::inline HEED_REAL::nn
