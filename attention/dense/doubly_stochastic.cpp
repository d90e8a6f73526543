#include "attention/dense/doubly_stochastic.h"

#include <fmt/format.h>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Tensor doubly_stochastic_penalty(const Tensor& weights, const Mask& real) {
  if (weights.rank() < 2) {
    throw ShapeError(fmt::format("[doubly_stochastic_penalty] weights must be (..., T, S): got {}",
                                 weights.shape().str()));
  }
  const Tensor missing = 1 - sum(weights, {-2});  // (..., T, S) -> (..., S)
  return sum(square(real.defined() ? where(real, missing, 0.0) : missing), {-1});
}

}  // namespace heed::inline HEED_REAL::attention
