// Picking and putting by index. Each op is the derivative of its neighbour.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Rows ids of `x` along axis 0: x (V, ...), ids (...) -> ids.shape + x.shape[1:]. An embedding
// look-up. Throws ValueError on an id outside [0, V).
Tensor index_select(const Tensor& x, const Indices& ids);
// The inverse: adds row i of `values` into row ids[i] of zeros (rows, ...).
Tensor index_add(const Tensor& values, const Indices& ids, Index rows);
// y[..., j] = x[..., ids[..., j]]: picks along the last axis. ids has x's shape but for the last
// extent.
Tensor take_along(const Tensor& x, const Indices& ids);
// The inverse: zeros of last extent n, with values[..., j] added at ids[..., j].
Tensor put_along(const Tensor& values, const Indices& ids, Index n);
// ids (...) -> (..., classes) of 0 and 1.
Tensor one_hot(const Indices& ids, Index classes);

}  // namespace heed::inline HEED_REAL
