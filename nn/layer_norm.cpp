#include "nn/layer_norm.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {

LayerNorm::LayerNorm(Index width, const LayerNormOptions& options)
    : LayerNorm(Shape{width}, options) {}

LayerNorm::LayerNorm(const Shape& over, const LayerNormOptions& options)
    : over_(over), eps_(options.eps) {
  if (over.rank() == 0) throw ValueError("[LayerNorm] there are no axes to normalise over");
  for (const Index extent : over) check_positive("LayerNorm", {{"width", extent}});
  if (!(eps_ > 0)) throw ValueError(fmt::format("[LayerNorm] eps must be above 0, got {}", eps_));
  if (options.weight) weight_ = param("weight", Tensor::ones(over));
  if (options.bias) bias_ = param("bias", Tensor::zeros(over));
}

Tensor LayerNorm::operator()(const Tensor& x) const {
  if (over_.rank() > 1) return layer_norm(x, over_, weight_, bias_, eps_);
  check_last_axis("LayerNorm", x, "(..., width)", over_[0]);
  return layer_norm(x, weight_, bias_, eps_);
}

}  // namespace heed::inline HEED_REAL::nn
