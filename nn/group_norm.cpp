#include "nn/group_norm.h"

#include <fmt/format.h>

#include "autograd/calling.h"
#include "autograd/ops.h"
#include "nn/channels.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

void check_row_of_channels(const char* name, const Tensor& values, const Tensor& x) {
  if (!values.defined() || values.shape() == Shape{x.dim(1)}) return;
  throw ShapeError(fmt::format("[group_norm] {} must have one value for each of the {} channels "
                               "of x {}, got {}",
                               name, x.dim(1), x.shape().str(), values.shape().str()));
}

}  // namespace

Tensor group_norm(const Tensor& x, Index groups, const Tensor& weight, const Tensor& bias,
                  double eps) {
  const Calling calling("group_norm");
  check_positive("group_norm", {{"groups", groups}});
  if (!(eps >= 0)) throw ValueError(fmt::format("[group_norm] eps must be >= 0, got {}", eps));
  if (x.rank() < 2 || x.dim(1) % groups != 0) {
    throw ShapeError(fmt::format(
        "[group_norm] x must be (B, C, ...) with {} groups dividing C, got {}", groups,
        x.shape().str()));
  }
  check_row_of_channels("weight", weight, x);
  check_row_of_channels("bias", bias, x);
  Index values = x.dim(1) / groups;  // in one group of a row
  for (int axis = 2; axis < x.rank(); ++axis) values *= x.dim(axis);
  const Tensor grouped = reshape(x, {x.dim(0) * groups, values});
  Tensor y = reshape(layer_norm(grouped, {}, {}, eps), x.shape());
  if (weight.defined()) y = y * along_channels(weight, x);
  if (bias.defined()) y = y + along_channels(bias, x);
  return y;
}

GroupNorm::GroupNorm(Index groups, Index channels, const GroupNormOptions& options)
    : groups_(groups), channels_(channels), eps_(options.eps) {
  check_positive("GroupNorm", {{"groups", groups}, {"channels", channels}});
  if (channels % groups != 0) {
    throw ValueError(
        fmt::format("[GroupNorm] {} groups must divide {} channels", groups, channels));
  }
  if (!(eps_ > 0)) throw ValueError(fmt::format("[GroupNorm] eps must be above 0, got {}", eps_));
  if (!options.affine) return;
  weight_ = param("weight", Tensor::ones({channels}));
  bias_ = param("bias", Tensor::zeros({channels}));
}

Tensor GroupNorm::operator()(const Tensor& x) const {
  const Calling calling("GroupNorm");
  check_channels("GroupNorm", x, channels_);
  return group_norm(x, groups_, weight_, bias_, eps_);
}

}  // namespace heed::inline HEED_REAL::nn
