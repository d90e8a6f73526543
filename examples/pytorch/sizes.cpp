#include "examples/pytorch/sizes.h"

#include <fmt/format.h>

namespace heed::inline HEED_REAL {

const nn::StoredTensor* PublishedFile::find(const std::string& name) const {
  const nn::StoredTensor* const whole = weights_.find(prefix_ + name);
  return whole ? whole : weights_.find(name);
}

Shape PublishedFile::matrix_shape(const std::string& name) const {
  const nn::StoredTensor* const found = find(name);
  const Shape& shape = found ? found->shape() : weights_.at(prefix_ + name).shape();
  if (shape.rank() != 2) {
    throw FormatError(fmt::format("[load] {} {} must have two axes", found->name(), shape.str()));
  }
  return shape;
}

Index PublishedFile::numbered(const std::string& before, const std::string& after) const {
  Index count = 0;
  while (find(fmt::format("{}{}{}", before, count, after))) ++count;
  return count;
}

void check_heads(const char* model, Index heads, Index width) {
  if (heads >= 1 && width % heads == 0) return;
  throw ValueError(fmt::format("[{}] {} heads do not divide the width {}", model, heads, width));
}

}  // namespace heed::inline HEED_REAL
