// Tensors with names in one file: the safetensors format, read and written strictly.
//
//   8 bytes    N, little-endian
//   N bytes    JSON: {"__metadata__": {text: text},
//              name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, ...}
//   the rest   the data section, which the tensors cover without a gap, in any order of names
//
// A file from elsewhere is an attack until it is proved consistent: lengths, offsets, sizes and
// names are all checked before the data section is read, errors name the byte, and until then no
// more memory is asked for than the file is long, plus eight times the header, plus 1 MiB. A header
// has no other limit than SafetensorsLimits: a file of many small tensors is mostly header.
//
// The data section of a file is mapped: its bytes are read when a tensor is asked for its values,
// and copied nowhere else. A file that was written over or cut by then is an IoError (see
// shared_bytes.h for what cannot be promised); one that was replaced, as everything here writes,
// stays readable. A tensor of a type that heed does not have is refused when its values are asked
// for, and no sooner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "nn/files/stored_tensor.h"

namespace heed::inline HEED_REAL::nn {

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::vector<StoredTensor> tensors;

  // Throws FormatError when there is no such name; find gives null.
  const StoredTensor& at(const std::string& name) const;
  const StoredTensor* find(const std::string& name) const;
};

struct SafetensorsLimits {
  std::uint64_t header_bytes = 16u << 20;  // the format allows 100,000,000
  std::uint64_t total_bytes = 4ull << 30;
  bool lenient_whitespace = false;         // allow white space before the header's {
};

// Throws IoError when the file cannot be read, FormatError, with path and byte offset, when it is
// not what it says.
TensorFile read_safetensors(const std::string& path, const SafetensorsLimits& limits = {});
// The same from memory; `name` stands in the errors.
TensorFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name,
                             const SafetensorsLimits& limits = {});

// The metadata alone; the data section is not read.
std::map<std::string, std::string> read_safetensors_metadata(const std::string& path,
                                                             const SafetensorsLimits& limits = {});

// The file as bytes. Throws ValueError on two tensors of one name, on names and on a header that
// the reader would refuse, and on text that is not UTF-8.
std::vector<std::byte> format_safetensors(const TensorFile& file);
// The tensors in the order in which they lie in the data section: by the size of their type,
// largest first, so that every value is aligned; then in the order given.
std::vector<const StoredTensor*> laid_out(const TensorFile& file);
// Replaces the file at `path` as a whole (atomic_file.h). Throws what format_safetensors throws,
// and IoError.
void write_safetensors(const std::string& path, const TensorFile& file);

}  // namespace heed::inline HEED_REAL::nn
