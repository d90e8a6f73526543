#include "nn/rms_norm.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {

RMSNorm::RMSNorm(Index width, const RMSNormOptions& options) : width_(width), eps_(options.eps) {
  check_positive("RMSNorm", {{"width", width}});
  if (!(eps_ > 0)) throw ValueError(fmt::format("[RMSNorm] eps must be above 0, got {}", eps_));
  if (options.weight) weight_ = param("weight", Tensor::ones({width}));
}

Tensor RMSNorm::operator()(const Tensor& x) const {
  check_last_axis("RMSNorm", x, "(..., width)", width_);
  return rms_norm(x, weight_, eps_);
}

}  // namespace heed::inline HEED_REAL::nn
