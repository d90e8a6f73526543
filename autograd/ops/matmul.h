// Matrix products.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

struct MatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};
// a (..., M, K), b (..., K, N) -> (..., M, N). Leading axes broadcast. The flags say that the last
// two axes of an argument are stored the other way round; no copy is made. As in NumPy a vector is
// one row on the left and one column on the right, whatever its flag says, and that axis is not in
// the result: (K), (..., K, N) -> (..., N) and (K), (K) -> (). K = 0 gives zeros.
Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options = {});
// a (M), b (N) -> (M, N): a_i b_j, as torch.outer.
Tensor outer(const Tensor& a, const Tensor& b);

}  // namespace heed::inline HEED_REAL
