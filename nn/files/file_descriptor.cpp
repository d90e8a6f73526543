#include "nn/files/file_descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// A call that a signal interrupted has done nothing yet, and is made again.
template <class Call>
auto uninterrupted(Call&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

std::string reason(const std::string& path, int error) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (error == ENOENT && !folder.empty() && !std::filesystem::exists(folder, ignored)) {
    return fmt::format("there is no folder {}", folder.string());
  }
  return std::generic_category().message(error);
}

void io_error(const std::string& what, const std::string& path, int error) {
  throw IoError(fmt::format("[file] cannot {} {}: {}", what, path, reason(path, error)));
}

FileDescriptor::FileDescriptor(const std::string& path, int flags, const SystemCalls& calls,
                               mode_t mode)
    : path_(path), calls_(calls) {
  if (path.empty()) throw IoError("[file] cannot open a file: the path is empty");
  fd_ = uninterrupted([&] { return calls_.open(path.c_str(), flags | O_CLOEXEC, mode); });
  if (fd_ < 0) io_error(flags & O_CREAT ? "create" : "open", path, errno);
  if (fd_ > STDERR_FILENO) return;
  // The program runs with a standard stream closed: what it prints must not end up in the file.
  const int low = std::exchange(fd_, ::fcntl(fd_, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  const int error = errno;
  calls_.close(low);
  if (fd_ < 0) io_error("open", path, error);
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) calls_.close(fd_);
}

FileState FileDescriptor::state() const {
  struct stat status {};
  if (::fstat(fd_, &status) < 0) io_error("look at", path_, errno);
  if (!S_ISREG(status.st_mode)) throw IoError(fmt::format("[file] {} is not a file", path_));
  return {static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
}

std::span<const std::byte> FileDescriptor::map(std::uint64_t length) const {
  void* const start = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd_, 0);
  if (start == MAP_FAILED) io_error("map", path_, errno);
  return {static_cast<const std::byte*>(start), length};
}

void FileDescriptor::set_mode(mode_t mode) const {
  if (uninterrupted([&] { return ::fchmod(fd_, mode); }) < 0) {
    io_error("set the mode of", path_, errno);
  }
}

void FileDescriptor::read(std::span<std::byte> into, std::uint64_t offset) const {
  while (!into.empty()) {
    const ssize_t got = uninterrupted(
        [&] { return calls_.pread(fd_, into.data(), into.size(), static_cast<off_t>(offset)); });
    if (got < 0) io_error("read", path_, errno);
    if (got == 0) {
      throw IoError(fmt::format("[file] {} ended at byte {} while it was read", path_, offset));
    }
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

void FileDescriptor::write(std::span<const std::byte> content) const {
  while (!content.empty()) {
    const ssize_t put =
        uninterrupted([&] { return calls_.write(fd_, content.data(), content.size()); });
    if (put < 0) io_error("write", path_, errno);
    content = content.subspan(static_cast<std::size_t>(put));
  }
}

void FileDescriptor::sync() const {
  if (uninterrupted([&] { return calls_.fsync(fd_); }) < 0) io_error("sync", path_, errno);
}

void FileDescriptor::close() {
  // After EINTR the descriptor is gone all the same on Linux; to close it again could hit another
  // file.
  if (calls_.close(std::exchange(fd_, -1)) < 0 && errno != EINTR) io_error("close", path_, errno);
}

}  // namespace heed::inline HEED_REAL::nn
