#include "nn/linear.h"

#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::nn {

Linear::Linear(Index in, Index out, Generator& rng, const LinearOptions& options) {
  check_positive("Linear", {{"in", in}, {"out", out}});
  weight_ = param("weight", fan_in_uniform({out, in}, in, rng));
  if (options.bias) bias_ = param("bias", fan_in_uniform({out}, in, rng));
}

Linear::Linear(const Tensor& weight, const Tensor& bias) : weight_(param("weight", weight)) {
  check_shape("Linear", "weight", weight, "(out, in)", {-1, -1});
  if (!bias.defined()) return;
  check_shape("Linear", "bias", bias, "(out)", {weight.dim(0)});
  bias_ = param("bias", bias);
}

Tensor Linear::operator()(const Tensor& x) const {
  check_last_axis("Linear", x, "(..., in)", weight_.dim(1));
  return linear(x, weight_, bias_);
}

}  // namespace heed::inline HEED_REAL::nn
