#include "attention/mixer.h"

#include <fmt/format.h>

#include "autograd/score_axes.h"

namespace heed::inline HEED_REAL::attention {

void refuse_values(const char* name, const MixerInput& input) {
  if (!input.values.defined()) return;
  throw ValueError(
      fmt::format("[{}] cannot take values apart from their keys\nhint: `multihead` can", name));
}

void refuse_context(const char* name, const MixerInput& input) {
  refuse_values(name, input);
  if (!input.context.defined()) return;
  throw ValueError(fmt::format(
      "[{}] cannot attend to a context: it mixes one sequence with itself\nhint: `cross` can",
      name));
}

void refuse_state(const char* name, const MixerInput& input) {
  if (!input.state) return;
  throw ValueError(fmt::format(
      "[{}] cannot continue from a state\nhint: `causal` and others that look back only can",
      name));
}

void refuse_mask(const char* name, const MixerInput& input) {
  if (!input.mask.defined()) return;
  throw ValueError(fmt::format("[{}] cannot hide positions by a mask", name));
}

void require_mask(const char* name, const MixerInput& input, Index heads, Index keys) {
  check_mask_over_scores(name, input.mask, {input.x.dim(0), heads, input.x.dim(1), keys});
}

void require_context(const char* name, const MixerInput& input) {
  if (input.context.defined()) return;
  throw ValueError(fmt::format(
      "[{}] needs a context (B, S, C) to attend to\nhint: for one sequence take `self`", name));
}

void require_width(const char* name, const MixerInput& input, Index width, Index context_width) {
  if (!input.x.defined()) {
    throw ValueError(fmt::format("[{}] x is undefined\nhint: mix({{.x = x}}), with x (B, T, {})",
                                 name, width));
  }
  if (input.x.rank() != 3 || input.x.dim(2) != width) {
    throw ShapeError(
        fmt::format("[{}] x must be (B, T, {}): got {}", name, width, input.x.shape().str()));
  }
  if (!input.context.defined()) return;
  const Tensor& context = input.context;
  const Index expected = context_width == 0 ? width : context_width;
  if (context.rank() != 3 || context.dim(2) != expected || context.dim(0) != input.x.dim(0)) {
    throw ShapeError(fmt::format("[{}] context must be ({}, S, {}): got {}", name, input.x.dim(0),
                                 expected, context.shape().str()));
  }
}

void require_tokens(const char* name, const MixerInput& input) {
  if (input.x.dim(1) > 0) return;
  throw ShapeError(fmt::format("[{}] x must have a token: got {}", name, input.x.shape().str()));
}

}  // namespace heed::inline HEED_REAL::attention
