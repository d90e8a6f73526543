// Small leaves and what is in them.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed_test {

inline heed::Tensor leaf(const heed::Shape& shape, heed::Real value) {
  return heed::Tensor::full(shape, value).require_grad();
}

inline std::vector<heed::Real> values_of(const heed::Tensor& x) {
  return {x.values().begin(), x.values().end()};
}

}  // namespace heed_test
