// Triangles and diagonals of matrices, which are the last two axes (as in np.linalg; PyTorch's
// diagonal defaults to the first two). The diagonal is the main one at offset 0, above it at
// positive offsets, below it at negative ones. Throws ShapeError when there are not enough axes.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// x with exact zeros above (tril) or below (triu) the diagonal, also in the place of inf and NaN.
Tensor tril(const Tensor& x, Index offset = 0);
Tensor triu(const Tensor& x, Index offset = 0);
// (..., M, N) -> (..., L): what stands on the diagonal; nothing where it lies outside.
Tensor diagonal(const Tensor& x, Index offset = 0);
// (..., L) -> (..., L + |offset|, L + |offset|): x on the diagonal, zeros elsewhere.
Tensor diag_embed(const Tensor& x, Index offset = 0);

}  // namespace heed::inline HEED_REAL
