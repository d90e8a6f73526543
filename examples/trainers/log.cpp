#include "examples/trainers/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "autograd/errors.h"
#include "nn/files/file_descriptor.h"

namespace heed::trainers {
namespace {

[[noreturn]] void fail(const char* what, const std::string& path) {
  throw IoError(fmt::format("[log] cannot {} {}: {}", what, path, std::strerror(errno)));
}

}  // namespace

TrainLog::TrainLog(const std::string& path) : path_(path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) {
    throw IoError(fmt::format("[log] cannot make the folder of {}: {}", path, error.message()));
  }
  // Not to wait for a reader where somebody has put a pipe.
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, nn::new_file_mode);
  struct stat status {};
  if ((file_ < 0 && errno == ENXIO) ||
      (file_ >= 0 && ::fstat(file_, &status) == 0 && !S_ISREG(status.st_mode))) {
    if (file_ >= 0) ::close(file_);
    throw IoError(fmt::format("[log] {} is not a file", path));
  }
  if (file_ < 0) fail("open", path_);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  ::close(file_);
  errno = reason;
  if (reason != EWOULDBLOCK) fail("lock", path_);
  throw IoError(fmt::format("[log] {} is being written by another process", path_));
}

void TrainLog::cut(std::uint64_t bytes) {
  struct stat status {};
  if (::fstat(file_, &status) != 0) fail("examine", path_);
  bytes_ = std::min(bytes, static_cast<std::uint64_t>(status.st_size));
  if (::ftruncate(file_, static_cast<off_t>(bytes_)) != 0) fail("shorten", path_);
  if (::lseek(file_, 0, SEEK_END) < 0) fail("position", path_);
}

TrainLog::~TrainLog() { ::close(file_); }

void TrainLog::write(std::string line) {
  line += '\n';
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t wrote = ::write(file_, line.data() + done, line.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) fail("write to", path_);
    done += static_cast<std::size_t>(wrote);
  }
  bytes_ += line.size();
}

void TrainLog::sync() const {
  if (::fsync(file_) != 0) fail("flush", path_);
}

std::string json_number(const char* name, float value) {
  return fmt::format(R"("{0}":{1},"{0}_hex":"{1:a}")", name, value);
}

std::string json_number(const char* name, double value) {
  return fmt::format(R"("{0}":{1},"{0}_hex":"{1:a}")", name, value);
}

}  // namespace heed::trainers
