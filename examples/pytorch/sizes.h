// The sizes of a model, read off the tensors of its file.
#pragma once

#include <string>
#include <utility>

#include "nn/files/safetensors.h"

namespace heed::inline HEED_REAL {

// A file of a model whose names may begin with `prefix`, or not: those of the whole model do, those
// of its encoder alone do not.
class PublishedFile {
 public:
  PublishedFile(const nn::TensorFile& weights, std::string prefix)
      : weights_(weights), prefix_(std::move(prefix)) {}

  bool has(const std::string& name) const { return find(name) != nullptr; }
  // The shape of a tensor with so many axes. Throws FormatError when there is no such tensor.
  Shape shape(const std::string& name, int axes) const;
  // How many of before + "0" + after, before + "1" + after, ... there are.
  Index numbered(const std::string& before, const std::string& after) const;

 private:
  const nn::StoredTensor* find(const std::string& name) const;

  const nn::TensorFile& weights_;
  std::string prefix_;
};

// Throws ValueError unless `heads` is at least 1 and divides the width.
void check_heads(const char* model, Index heads, Index width);

}  // namespace heed::inline HEED_REAL
