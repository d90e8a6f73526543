#include "autograd/ops/elementwise.h"

namespace heed::inline HEED_REAL {

Space plan(const Shape& shape, const Tensor* const* operands, Walk* walks, int count) {
  for (int k = 0; k < count; ++k) {
    const Tensor& x = *operands[k];
    // One that is undefined is never read for its value: any readable memory will do.
    walks[k] = x.defined() ? walk_of(x.data(), x.shape(), shape) : walks[0];
  }
  return merged_axes(shape, walks, count);
}

}  // namespace heed::inline HEED_REAL
