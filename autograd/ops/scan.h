// Scans: a running result at every place of an axis.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// y_i = x_0 + ... + x_i along the axis; with `reverse`, y_i = x_i + ... up to the last; where it is
// `exclusive`, without x_i. Summed in double. An inf or NaN reaches every place from its own on.
Tensor cumsum(const Tensor& x, int axis, bool reverse = false, bool exclusive = false);
// y_i = x_0 ... x_i along the axis, multiplied in double. Its derivatives divide by nothing, so
// zeros among x do them no harm.
Tensor cumprod(const Tensor& x, int axis);

}  // namespace heed::inline HEED_REAL
