#include "nn/bilinear.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::nn {

Bilinear::Bilinear(Index in1, Index in2, Index out, Generator& rng,
                   const BilinearOptions& options) {
  check_positive("Bilinear", {{"in1", in1}, {"in2", in2}, {"out", out}});
  weight_ = param("weight", fan_in_uniform({out, in1, in2}, in1, rng));
  if (options.bias) bias_ = param("bias", fan_in_uniform({out}, in1, rng));
}

Tensor Bilinear::operator()(const Tensor& x1, const Tensor& x2) const {
  const Index out = weight_.dim(0), in1 = weight_.dim(1), in2 = weight_.dim(2);
  check_last_axis("Bilinear", x1, "(..., in1)", in1, "x1");
  check_last_axis("Bilinear", x2, "(..., in2)", in2, "x2");
  const Shape front = x1.shape().erased(x1.rank() - 1);
  if (front != x2.shape().erased(x2.rank() - 1)) {
    throw ShapeError(fmt::format("[Bilinear] x1 {} and x2 {} must agree in all axes but the last",
                                 x1.shape().str(), x2.shape().str()));
  }
  // Every product of a number of x1 and one of x2, each with a weight of its own.
  const Tensor left = reshape(x1, x1.shape().inserted(x1.rank(), 1));       // (..., in1, 1)
  const Tensor right = reshape(x2, x2.shape().inserted(x2.rank() - 1, 1));  // (..., 1, in2)
  const Tensor pairs = reshape(left * right, front.inserted(front.rank(), in1 * in2));
  return linear(pairs, reshape(weight_, {out, in1 * in2}), bias_);  // (..., out)
}

}  // namespace heed::inline HEED_REAL::nn
