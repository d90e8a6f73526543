#include "nn/dropout.h"

#include <fmt/format.h>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::nn {

Dropout::Dropout(double p) : p_(p) {
  if (!(p >= 0 && p < 1)) throw ValueError(fmt::format("[Dropout] p must be in [0, 1), got {}", p));
}

Tensor Dropout::operator()(const Tensor& x) const {
  return training() && p_ > 0 ? dropout(x, p_, draws()) : x;
}

}  // namespace heed::inline HEED_REAL::nn
