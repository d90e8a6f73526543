#include "attention/normalizers.h"

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Tensor softmax_over(const Tensor& scores, const Mask& visible) {
  return visible.defined() ? masked_softmax(scores, visible) : softmax(scores);
}

}  // namespace heed::inline HEED_REAL::attention
