#include "tests/nn/faulty_calls.h"

#include <cerrno>
#include <type_traits>

namespace heed_test {
namespace {

int error_of(Fault fault) {
  switch (fault) {
    case Fault::disk_full: return ENOSPC;
    case Fault::interrupted: return EINTR;
    default: return EIO;
  }
}

// The call, or what becomes of it.
template <class Call>
auto attempt(FaultyCalls& faulty, const char* name, Call&& call) -> decltype(call()) {
  if (faulty.crashed) {
    errno = EIO;
    return -1;
  }
  faulty.names.push_back(name);
  const bool now = static_cast<int>(faulty.names.size()) == faulty.at;
  if (!now || faulty.fault == Fault::none || faulty.fault == Fault::short_write) return call();
  faulty.crashed = faulty.fault == Fault::crash_before || faulty.fault == Fault::crash_after;
  // Linux closes a file even when it answers with an error.
  const bool done = faulty.fault == Fault::crash_after || std::string(name) == "close";
  if (done) call();
  errno = error_of(faulty.fault);
  return -1;
}

}  // namespace

heed::nn::SystemCalls FaultyCalls::calls() {
  const heed::nn::SystemCalls& real = heed::nn::system_calls();
  heed::nn::SystemCalls made = real;
  made.open = [this, &real](const char* path, int flags, mode_t mode) {
    return attempt(*this, "open", [&] { return real.open(path, flags, mode); });
  };
  made.write = [this, &real](int fd, const void* from, std::size_t bytes) {
    return attempt(*this, "write", [&] {
      const bool half = fault == Fault::short_write && static_cast<int>(names.size()) == at;
      return real.write(fd, from, half ? (bytes + 1) / 2 : bytes);
    });
  };
  made.fsync = [this, &real](int fd) {
    return attempt(*this, "fsync", [&] { return real.fsync(fd); });
  };
  made.close = [this, &real](int fd) {
    return attempt(*this, "close", [&] { return real.close(fd); });
  };
  made.rename = [this, &real](const char* from, const char* to) {
    return attempt(*this, "rename", [&] { return real.rename(from, to); });
  };
  made.unlink = [this, &real](const char* path) {
    return attempt(*this, "unlink", [&] { return real.unlink(path); });
  };
  return made;
}

}  // namespace heed_test
