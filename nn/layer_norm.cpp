#include "nn/layer_norm.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {

LayerNorm::LayerNorm(Index width, const LayerNormOptions& options)
    : width_(width), eps_(options.eps) {
  check_positive("LayerNorm", {{"width", width}});
  if (!(eps_ > 0)) throw ValueError(fmt::format("[LayerNorm] eps must be above 0, got {}", eps_));
  if (options.weight) weight_ = param("weight", Tensor::ones({width}));
  if (options.bias) bias_ = param("bias", Tensor::zeros({width}));
}

Tensor LayerNorm::operator()(const Tensor& x) const {
  check_last_axis("LayerNorm", x, "(..., width)", width_);
  return layer_norm(x, weight_, bias_, eps_);
}

}  // namespace heed::inline HEED_REAL::nn
