// Picking and putting element by element, each with an id of its own. An id outside its range
// throws ValueError; negative ids do not count from the end.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// y[i][j][k] = x[i][ids[i][j][k]][k] for axis 1, as torch.gather: the result has the shape of ids,
// which may be smaller than x along every other axis.
Tensor gather(const Tensor& x, const Indices& ids, int axis);
// The same as np.take_along_axis has it: along every other axis x and ids stretch to each other.
Tensor take_along(const Tensor& x, const Indices& ids, int axis = -1);
// The inverse: zeros whose `axis` has `extent`, with values[i][j][k] added at [i][ids[i][j][k]][k].
// values and ids have one shape. What meets in one place adds up in order, on any number of
// threads.
Tensor put_along(const Tensor& values, const Indices& ids, Index extent, int axis = -1);
// x with values[i][j][k] added at [i][ids[i][j][k]][k], as torch.scatter_add: ids may be smaller
// than values along every axis, and smaller than x along every other axis.
Tensor scatter_add(const Tensor& x, const Indices& ids, const Tensor& values, int axis);
// The same, with the values in the place of those of x, as torch.scatter. Of several for one place
// the last one stays, and it alone gets a gradient.
Tensor scatter(const Tensor& x, const Indices& ids, const Tensor& values, int axis);
// The slices of x that the last axis of ids names by their places along the first k axes of x: ids
// (..., k), x (n_1, ..., n_k, rest) -> (..., rest).
Tensor gather_nd(const Tensor& x, const Indices& ids);

}  // namespace heed::inline HEED_REAL
