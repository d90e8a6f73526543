#include "autograd/calling.h"
#include "autograd/ops/glu.h"

#include <fmt/format.h>

#include "autograd/ops/activations.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/slicing.h"

namespace heed::inline HEED_REAL {

Tensor glu(const Tensor& x, int axis) {
  const Calling calling("glu");
  const int along = x.shape().axis(axis, "glu");
  const Index extent = x.dim(along), half = extent / 2;
  if (extent % 2 != 0) {
    throw ShapeError(fmt::format("[glu] axis {} of x {} must have an even extent to be halved",
                                 axis, x.shape().str()));
  }
  return slice(x, along, 0, half) * sigmoid(slice(x, along, half, extent));
}

}  // namespace heed::inline HEED_REAL
