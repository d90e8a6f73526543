// An array as it lies in a file: a name, a type, a shape and bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "autograd/indices.h"
#include "autograd/tensor.h"
#include "nn/files/element_type.h"

namespace heed::inline HEED_REAL::nn {

// Copies share the bytes, which are little-endian and lie in C order.
class StoredTensor {
 public:
  // A copy of the values: as F32 or F64 after Real, as I32, as BOOL.
  StoredTensor(std::string name, const Tensor& values);
  StoredTensor(std::string name, const Indices& values);
  StoredTensor(std::string name, const Mask& values);
  // What lies in `file` from byte `offset` on, without a copy.
  StoredTensor(std::string name, ElementType type, Shape shape,
               std::shared_ptr<const std::vector<std::byte>> file, std::size_t offset);

  const std::string& name() const { return name_; }
  ElementType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::span<const std::byte> bytes() const;

  // The values as Real, from any type but BOOL. Throws FormatError on BOOL, and on a whole number
  // beyond those that Real counts one by one: 2^24 in float, 2^53 in double.
  Tensor tensor() const;
  // The values as ids, from U8, I32 or I64. Throws FormatError on other types and on a value beyond
  // int32.
  Indices indices() const;
  // The values as yes and no, from BOOL. Throws FormatError on other types and on a byte that is
  // neither 0 nor 1.
  Mask mask() const;

 private:
  std::string name_;
  ElementType type_;
  Shape shape_;
  std::shared_ptr<const std::vector<std::byte>> file_;
  std::size_t offset_;
};

}  // namespace heed::inline HEED_REAL::nn
