#include "examples/pytorch/sizes.h"

#include <fmt/format.h>

namespace heed::inline HEED_REAL {

const nn::StoredTensor* PublishedFile::find(const std::string& name) const {
  const nn::StoredTensor* const whole = weights_.find(prefix_ + name);
  return whole ? whole : weights_.find(name);
}

Shape PublishedFile::shape(const std::string& name, int axes) const {
  const nn::StoredTensor* const found = find(name);
  if (!found) {
    const std::string first =
        weights_.tensors.empty() ? "no tensor" : fmt::format("'{}'", weights_.tensors[0].name());
    throw FormatError(fmt::format("[load] the file is of another model: there is no '{}'\n"
                                  "hint: of its {} tensors the first is {}",
                                  prefix_ + name, weights_.tensors.size(), first));
  }
  const Shape& shape = found->shape();
  if (shape.rank() != axes) {
    throw FormatError(
        fmt::format("[load] {} {} must have {} axes", found->name(), shape.str(), axes));
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
