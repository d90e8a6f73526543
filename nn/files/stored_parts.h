// A tensor that is put together from stored ones, of which nothing has been read yet.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "nn/files/stored_tensor.h"

namespace heed::inline HEED_REAL::nn {

class StoredParts {
 public:
  explicit StoredParts(const StoredTensor& stored);
  // What is missing in a join: zeros of the shape of another.
  static StoredParts zeros(const Shape& shape);

  const std::string& name() const { return name_; }
  // The name in the file, of the first part.
  const std::string& origin() const;
  void rename(std::string name) { name_ = std::move(name); }
  const Shape& shape() const { return shape_; }

  // Throw FormatError, naming the tensor, when its axes do not allow it.
  StoredParts transposed() const;
  std::vector<StoredParts> split(std::size_t parts, int axis) const;
  static StoredParts joined(const std::vector<StoredParts>& parts, int axis);

  // Throws FormatError when a part is of a type or holds values that cannot be read.
  void check_numbers() const;
  // Fills `into`, in C order.
  void read(Real* into) const;

  // The same values? Of two that lie in files as they are, of one type, byte for byte.
  friend bool same_values(const StoredParts& a, const StoredParts& b);

 private:
  struct Part {
    const StoredTensor* stored;  // null: zeros
    Layout from;
    std::array<Index, Shape::max_rank> at{};  // where its first element belongs
  };
  bool is_whole() const;
  int checked_axis(int axis) const;

  std::string name_;
  Shape shape_;
  std::vector<Part> parts_;
};

}  // namespace heed::inline HEED_REAL::nn
