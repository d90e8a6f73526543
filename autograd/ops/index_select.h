// Picking and putting whole slices by index. Each op is the derivative of its neighbour. An id
// outside its range throws ValueError; negative ids do not count from the end.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// The slices `ids` of x along an axis, as torch.index_select; ids may have any shape, which takes
// the place of the axis, as in np.take: x (V, C), ids (B, T) -> (B, T, C) is an embedding look-up.
Tensor index_select(const Tensor& x, const Indices& ids, int axis = 0);
// The inverse: adds slice i of `values` into slice ids[i] of zeros whose `axis` has `extent`.
// values has the result's shape with that axis replaced by the axes of ids. Slices of equal ids add
// up in order, on any number of threads. x + index_add(...) is PyTorch's Tensor.index_add.
Tensor index_add(const Tensor& values, const Indices& ids, Index extent, int axis = 0);
// ids (...) -> (..., classes) of 0 and 1.
Tensor one_hot(const Indices& ids, Index classes);

}  // namespace heed::inline HEED_REAL
