#include "nn/files/shared_bytes.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <utility>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::nn {

struct SharedBytes::Mapping {
  Mapping(std::shared_ptr<const FileDescriptor> of, const FileState& as)
      : file(std::move(of)), state(as), bytes(file->map(as.length)) {}
  ~Mapping() { ::munmap(const_cast<std::byte*>(bytes.data()), bytes.size()); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::shared_ptr<const FileDescriptor> file;
  FileState state;
  std::span<const std::byte> bytes;
};

SharedBytes::SharedBytes(std::vector<std::byte> bytes)
    : memory_(std::make_shared<const std::vector<std::byte>>(std::move(bytes))) {}

SharedBytes::SharedBytes(std::shared_ptr<const FileDescriptor> file, const FileState& state)
    : mapping_(std::make_shared<const Mapping>(std::move(file), state)) {}

std::span<const std::byte> SharedBytes::part(std::size_t begin, std::size_t count) const {
  if (!mapping_) return std::span(*memory_).subspan(begin, count);
  if (!(mapping_->file->state() == mapping_->state)) {
    throw IoError(fmt::format("[file] {} was changed after it was opened\n"
                              "hint: read it again; a file that others may read is replaced, not "
                              "written over",
                              mapping_->file->path()));
  }
  return mapping_->bytes.subspan(begin, count);
}

void SharedBytes::let_go(std::size_t begin, std::size_t count) const {
  if (!mapping_ || count == 0) return;
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // Whole pages, neighbours' bytes among them: they are read again when they are looked at.
  const std::size_t first = begin / page * page;
  std::byte* const start = const_cast<std::byte*>(mapping_->bytes.data()) + first;
  // Advice: that it was not taken is no error.
  ::madvise(start, begin + count - first, MADV_DONTNEED);
}

}  // namespace heed::inline HEED_REAL::nn
