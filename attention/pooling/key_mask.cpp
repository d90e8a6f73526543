#include "attention/pooling/key_mask.h"

#include <fmt/format.h>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Mask key_mask(const char* name, const MixerInput& input) {
  if (!input.mask.defined()) return {};
  const Index batch = input.x.dim(0), length = input.x.dim(1);
  if (input.mask.shape() == Shape{batch, 1, 1, length}) return input.mask.reshape({batch, length});
  throw ShapeError(fmt::format("[{}] the mask must say who of the {} instances is real, as "
                               "({}, 1, 1, {}): got {}\nhint: padding() makes it",
                               name, length, batch, length, input.mask.shape().str()));
}

Mask over_scores(const char* name, const Tensor& h, const Mask& real) {
  if (!real.defined()) return {};
  const Index batch = h.dim(0), count = h.dim(1);
  if (real.shape() == Shape{batch, count}) return real.reshape({batch, 1, 1, count});
  throw ShapeError(fmt::format("[{}] the mask must say of each instance whether it is real, as "
                               "({}, {}): got {}",
                               name, batch, count, real.shape().str()));
}

Tensor only_real(const Tensor& h, const Mask& real) {
  return real.defined() ? where(real.reshape({h.dim(0), h.dim(1), 1}), h, 0.0) : h;
}

}  // namespace heed::inline HEED_REAL::attention
