#include "nn/files/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include "autograd/errors.h"
#include "nn/files/file_descriptor.h"

namespace heed::inline HEED_REAL::nn {
namespace {

namespace fs = std::filesystem;

constexpr const char* temporary_mark = ".tmp.";
constexpr mode_t permissions = 07777;

// What a path stands for: the file behind all links, and what lies there now.
struct Target {
  std::string path;
  bool exists = false;
  mode_t mode = 0;
};

// No other process and no other call of this one uses it; O_EXCL makes sure. Of a long name the
// beginning only, so that the whole is still a name.
std::string temporary_path(const fs::path& path) {
  static std::atomic<unsigned> calls{0};
  const std::string name = fmt::format(".{}{}{}.{}", path.filename().string().substr(0, 200),
                                       temporary_mark, ::getpid(), ++calls);
  return (path.parent_path() / name).string();
}

std::string folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

// The path behind the links, also where the last one leads to a file that is not there yet.
fs::path behind_links(const std::string& path) {
  constexpr int most_links = 40;  // as many as Linux follows
  fs::path at = path;
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(at, error)); ++links) {
    if (links == most_links) io_error("write", path, ELOOP);
    const fs::path next = fs::read_symlink(at, error);
    if (error) io_error("follow the link", at.string(), error.value());
    at = at.parent_path() / next;  // an absolute one takes the place of all
  }
  return at;
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// What can be written there. A file that must not be written is not replaced by another one either,
// though the system would allow that.
Target target_of(const std::string& path) {
  if (path.empty()) throw IoError("[file] cannot write: the path is empty");
  Target target{.path = behind_links(path).string()};
  struct stat status {};
  if (::stat(target.path.c_str(), &status) < 0) {
    std::error_code ignored;
    if (errno == ENOENT && fs::exists(folder_of(target.path), ignored)) return target;
    throw IoError(fmt::format("[file] cannot write {}: {}", path, reason(target.path, errno)));
  }
  if (!S_ISREG(status.st_mode)) {
    throw IoError(
        fmt::format("[file] cannot write {}: it is {}, not a file", path, kind_of(status.st_mode)));
  }
  if (::access(target.path.c_str(), W_OK) < 0) io_error("write", path, errno);
  target.exists = true;
  target.mode = status.st_mode & permissions;
  return target;
}

}  // namespace

void write_atomically(const std::string& path, std::span<const std::byte> content,
                      const SystemCalls& calls) {
  const Target target = target_of(path);
  const std::string temporary = temporary_path(target.path);
  FileDescriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL, calls,
                      target.exists ? target.mode : new_file_mode);
  try {
    if (target.exists) file.set_mode(target.mode);
    file.write(content);
    file.sync();
    file.close();
    if (calls.rename(temporary.c_str(), target.path.c_str()) < 0) {
      io_error("rename to", path, errno);
    }
  } catch (...) {
    calls.unlink(temporary.c_str());
    throw;
  }
  // Until the folder itself is on the disk, a power cut could bring the old name back.
  FileDescriptor folder(folder_of(target.path), O_RDONLY | O_DIRECTORY, calls);
  folder.sync();
  folder.close();
}

bool is_temporary_name(const std::string& name) {
  return name.starts_with('.') && name.find(temporary_mark) != std::string::npos;
}

}  // namespace heed::inline HEED_REAL::nn
