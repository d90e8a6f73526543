// An array as it lies in a file: a name, a type, a shape and bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "autograd/indices.h"
#include "autograd/tensor.h"
#include "nn/files/element_type.h"
#include "nn/files/layout.h"
#include "nn/files/shared_bytes.h"

namespace heed::inline HEED_REAL::nn {

// Copies share the bytes, which are little-endian and lie in C order.
class StoredTensor {
 public:
  // A copy of the values: as F32 or F64 after Real, as I32, as BOOL.
  StoredTensor(std::string name, const Tensor& values);
  StoredTensor(std::string name, const Indices& values);
  StoredTensor(std::string name, const Mask& values);
  // What lies in `bytes` from byte `offset` on, without a copy.
  StoredTensor(std::string name, ElementType type, Shape shape, SharedBytes bytes,
               std::size_t offset = 0);

  const std::string& name() const { return name_; }
  ElementType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  // Throws IoError when the file was changed since it was read.
  std::span<const std::byte> bytes() const;

  // The values as Real, from U8, F16, BF16, I32, I64, F32 and F64. Throws FormatError on another
  // type, and on a whole number beyond those that Real counts one by one: 2^24 in float, 2^53 in
  // double.
  Tensor tensor() const;
  // tensor() in two steps: what can be wrong, and the values, from where they lie in the file to
  // where they lie in `into`, both in elements and of one shape. `read` gives the memory of a
  // mapped file back as it goes.
  void check_numbers() const;
  void read(const Layout& from, Real* into, const Layout& to) const;
  // Do both hold the same bytes?
  bool same_bytes(const StoredTensor& other) const;
  // The values as ids, from U8, I32 or I64. Throws FormatError on other types and on a value beyond
  // int32.
  Indices indices() const;
  // The values as yes and no, from BOOL or U8. Throws FormatError on other types and on a byte that
  // is neither 0 nor 1.
  Mask mask() const;

 private:
  std::string name_;
  ElementType type_;
  Shape shape_;
  SharedBytes bytes_;
  std::size_t offset_;
};

}  // namespace heed::inline HEED_REAL::nn
