#include "nn/losses.h"

#include <fmt/format.h>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::nn {

Tensor mse(const Tensor& prediction, const Tensor& target) {
  if (!(prediction.shape() == target.shape())) {
    throw ShapeError(fmt::format("[mse] prediction {} and target {} must have one shape",
                                 prediction.shape().str(), target.shape().str()));
  }
  return mean(square(prediction - target));
}

}  // namespace heed::inline HEED_REAL::nn
