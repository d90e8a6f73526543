#include "attention/normalizers.h"

#include "attention/mutants.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Tensor softmax_over(const Tensor& scores, const Mask& visible) {
  if (!visible.defined()) return softmax(scores);
  if (planted(Mutant::mask_after_softmax)) return softmax(scores) * to_tensor(visible);
  if (planted(Mutant::mask_inverted)) return masked_softmax(scores, !visible);
  if (planted(Mutant::padding_in_normaliser)) return softmax(where(visible, scores, 0.0));
  if (planted(Mutant::masked_row_nan)) {
    const Tensor powers = exp(scores - max(scores, -1, true)) * to_tensor(visible);
    return powers / sum(powers, {-1}, true);
  }
  return masked_softmax(scores, visible);
}

}  // namespace heed::inline HEED_REAL::attention
