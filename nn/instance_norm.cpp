#include "nn/instance_norm.h"

#include <fmt/format.h>

#include "autograd/calling.h"
#include "nn/channels.h"
#include "nn/check.h"
#include "nn/group_norm.h"

namespace heed::inline HEED_REAL::nn {

InstanceNorm::InstanceNorm(Index channels, const InstanceNormOptions& options)
    : channels_(channels), eps_(options.eps) {
  check_positive("InstanceNorm", {{"channels", channels}});
  if (!(eps_ > 0)) {
    throw ValueError(fmt::format("[InstanceNorm] eps must be above 0, got {}", eps_));
  }
  if (!options.affine) return;
  weight_ = param("weight", Tensor::ones({channels}));
  bias_ = param("bias", Tensor::zeros({channels}));
}

Tensor InstanceNorm::operator()(const Tensor& x) const {
  const Calling calling("InstanceNorm");
  check_channels("InstanceNorm", x, channels_);
  if (x.size() == x.dim(0) * channels_ && x.size() > 0) {
    throw ShapeError(fmt::format(
        "[InstanceNorm] a channel needs 2 values or more, x {} has 1", x.shape().str()));
  }
  return group_norm(x, channels_, weight_, bias_, eps_);
}

}  // namespace heed::inline HEED_REAL::nn
