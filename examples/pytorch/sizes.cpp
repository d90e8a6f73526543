#include "examples/pytorch/sizes.h"

#include <fmt/format.h>

namespace heed::inline HEED_REAL {

Shape matrix_shape(const nn::TensorFile& weights, const std::string& name) {
  const Shape& shape = weights.at(name).shape();
  if (shape.rank() != 2) {
    throw FormatError(fmt::format("[load] {} {} must have two axes", name, shape.str()));
  }
  return shape;
}

Index numbered(const nn::TensorFile& weights, const std::string& prefix,
               const std::string& suffix) {
  Index count = 0;
  while (weights.find(fmt::format("{}{}{}", prefix, count, suffix))) ++count;
  return count;
}

void check_heads(const char* model, Index heads, Index width) {
  if (heads >= 1 && width % heads == 0) return;
  throw ValueError(fmt::format("[{}] {} heads do not divide the width {}", model, heads, width));
}

}  // namespace heed::inline HEED_REAL
