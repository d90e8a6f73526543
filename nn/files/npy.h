// NumPy's file of one array, .npy, read and written strictly (NumPy enhancement proposal 1).
//
//   6 bytes        \x93NUMPY
//   2 bytes        the version, 1 0 or 2 0
//   2 or 4 bytes   N, little-endian; 4 in version 2.0
//   N bytes        {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, spaces, a line end
//   the rest       the values, as many bytes as the shape needs
//
// The header is Python, and only this much of it is understood: a dict with these three keys, once
// each, in any order. Little-endian f2, f4, f8, i4, i8 and u1, b1 are read; arrays of objects,
// which hold pickles, structured ones, other byte orders and other types are refused by name. As
// with safetensors.h, sizes are proved against the length of the file before memory is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nn/files/stored_tensor.h"

namespace heed::inline HEED_REAL::nn {

struct NpyLimits {
  std::uint64_t header_bytes = 64u << 10;
  std::uint64_t total_bytes = 4ull << 30;
};

// The array, under the name of its path; one that lies in Fortran order is transposed on reading.
//   const Tensor x = nn::read_npy("x.npy").tensor();
// Throws IoError when the file cannot be read, FormatError, with path and byte offset, when it is
// not what it says.
StoredTensor read_npy(const std::string& path, const NpyLimits& limits = {});
// The same from memory; `name` stands in the errors.
StoredTensor parse_npy(std::span<const std::byte> bytes, const std::string& name,
                       const NpyLimits& limits = {});

// The file as bytes, in version 1.0. Throws ValueError on BF16, which NumPy does not have.
std::vector<std::byte> format_npy(const StoredTensor& array);
// Replaces the file at `path` as a whole (atomic_file.h). Throws IoError.
void write_npy(const std::string& path, const Tensor& values);
void write_npy(const std::string& path, const Indices& values);
void write_npy(const std::string& path, const Mask& values);

}  // namespace heed::inline HEED_REAL::nn
