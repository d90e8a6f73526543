// Bytes that several tensors lie in, and that live as long as one of them: in memory, or in a file
// that is mapped.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "nn/files/file_descriptor.h"

namespace heed::inline HEED_REAL::nn {

class SharedBytes {
 public:
  SharedBytes(std::vector<std::byte> bytes);  // NOLINT: bytes are bytes
  // Those of a file that was in `state`, at least one, without reading them: a page is read when it
  // is first looked at. Throws IoError.
  SharedBytes(std::shared_ptr<const FileDescriptor> file, const FileState& state);

  // Some of them. Throws IoError when the file they lie in was written or cut after it was in the
  // state given: what was proved of it may not hold. That is looked at in this call, not later:
  // whoever cuts a file while it is being read ends the program (SIGBUS). A file that is replaced
  // by another of its name (atomic_file.h, mv) stays what it was.
  std::span<const std::byte> part(std::size_t begin, std::size_t count) const;
  // They were read, and are not needed for now: a mapped file gives back their memory.
  void let_go(std::size_t begin, std::size_t count) const;

 private:
  struct Mapping;
  std::shared_ptr<const std::vector<std::byte>> memory_;  // or
  std::shared_ptr<const Mapping> mapping_;
};

}  // namespace heed::inline HEED_REAL::nn
