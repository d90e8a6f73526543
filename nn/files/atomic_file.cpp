#include "nn/files/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include "nn/files/file_descriptor.h"

namespace heed::inline HEED_REAL::nn {
namespace {

namespace fs = std::filesystem;

constexpr const char* temporary_mark = ".tmp.";

// No other process and no other call of this one uses it; O_EXCL makes sure.
std::string temporary_path(const fs::path& path) {
  static std::atomic<unsigned> calls{0};
  const std::string name =
      fmt::format(".{}{}{}.{}", path.filename().string(), temporary_mark, ::getpid(), ++calls);
  return (path.parent_path() / name).string();
}

std::string folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

}  // namespace

void write_atomically(const std::string& path, std::span<const std::byte> content,
                      const SystemCalls& calls) {
  const std::string temporary = temporary_path(path);
  FileDescriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL, calls);
  try {
    file.write(content);
    file.sync();
    file.close();
    if (calls.rename(temporary.c_str(), path.c_str()) < 0) io_error("rename to", path, errno);
  } catch (...) {
    calls.unlink(temporary.c_str());
    throw;
  }
  // Until the folder itself is on the disk, a power cut could bring the old name back.
  FileDescriptor folder(folder_of(path), O_RDONLY | O_DIRECTORY, calls);
  folder.sync();
  folder.close();
}

bool is_temporary_name(const std::string& name) {
  return name.starts_with('.') && name.find(temporary_mark) != std::string::npos;
}

}  // namespace heed::inline HEED_REAL::nn
