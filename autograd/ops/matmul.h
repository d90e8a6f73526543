// Matrix products.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

struct MatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};
// a (..., M, K), b (..., K, N) -> (..., M, N). Leading axes broadcast. The flags say that the last
// two axes of an argument are stored the other way round; no copy is made.
Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options = {});

}  // namespace heed::inline HEED_REAL
