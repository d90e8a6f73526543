#include "attention/one_head.h"

#include "attention/maps.h"
#include "attention/normalizers.h"
#include "attention/score_shift.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "autograd/score_axes.h"

namespace heed::inline HEED_REAL::attention {

Tensor with_head(const Tensor& x) { return unsqueeze(x, 1); }

Attended read_memory(const char* name, const Tensor& weights, const Tensor& memory) {
  publish_map(name, weights);
  const Tensor y = combine(weights, with_head(memory));  // (B, 1, T, Ck)
  return {squeeze(y, 1), weights};
}

Attended attend_by_scores(const char* name, const Tensor& scores, const Tensor& memory,
                          const Mask& visible) {
  check_mask_over_scores(name, visible, scores.shape());
  return read_memory(name, softmax_over(shifted(scores), visible), memory);
}

Memory memory_of(const char* name, const MixerInput& input, Index query_width, Index memory_width,
                 bool is_causal) {
  refuse_state(name, input);
  refuse_values(name, input);
  require_width(name, input, query_width, memory_width);
  const Tensor& memory = input.context.defined() ? input.context : input.x;
  require_mask(name, input, 1, memory.dim(1));
  return {memory, visible(is_causal ? causal() : full(), input, memory.dim(1))};
}

}  // namespace heed::inline HEED_REAL::attention
