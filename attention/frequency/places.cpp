#include "attention/frequency/places.h"

#include <fmt/format.h>

#include "attention/pooling/key_mask.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Tensor on_places(const char* name, const MixerInput& input, const Tensor& x, Index places) {
  const Index tokens = x.dim(1);
  if (tokens > places) {
    throw ShapeError(fmt::format("[{}] x has {} tokens, the filter {} places\nhint: its length is "
                                 "that of the longest sequence it will meet",
                                 name, tokens, places));
  }
  return pad(only_real(x, key_mask(name, input)), 1, 0, places - tokens);
}

}  // namespace heed::inline HEED_REAL::attention
