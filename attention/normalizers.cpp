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
    const Tensor largest = max(where(visible, scores, -1e9), -1, true).detach();
    const Tensor powers = where(visible, exp(scores - largest), 0.0);
    return powers / sum(powers, {-1}, true);
  }
  return masked_softmax(scores, visible);
}

}  // namespace heed::inline HEED_REAL::attention
