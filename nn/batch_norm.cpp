#include "nn/batch_norm.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/calling.h"
#include "autograd/ops.h"
#include "autograd/ops/centred.h"
#include "nn/channels.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

std::vector<int> all_axes_but_channels(const Tensor& x) {
  std::vector<int> axes{0};
  for (int axis = 2; axis < x.rank(); ++axis) axes.push_back(axis);
  return axes;
}

}  // namespace

BatchNorm::BatchNorm(Index channels, const BatchNormOptions& options)
    : channels_(channels), options_(options) {
  check_positive("BatchNorm", {{"channels", channels}});
  if (!(options.eps > 0)) {
    throw ValueError(fmt::format("[BatchNorm] eps must be above 0, got {}", options.eps));
  }
  if (options.momentum && !(*options.momentum >= 0 && *options.momentum <= 1)) {
    throw ValueError(
        fmt::format("[BatchNorm] momentum must be in [0, 1], got {}", *options.momentum));
  }
  if (options.affine) {
    weight_ = param("weight", Tensor::ones({channels}));
    bias_ = param("bias", Tensor::zeros({channels}));
  }
  if (options.track_running_stats) {
    running_mean_ = buffer("running_mean", Tensor::zeros({channels}));
    running_var_ = buffer("running_var", Tensor::ones({channels}));
    num_batches_tracked_ = buffer("num_batches_tracked", Tensor::scalar(0));
  }
}

Tensor BatchNorm::operator()(const Tensor& x) const {
  const Calling calling("BatchNorm");
  check_channels("BatchNorm", x, channels_);
  Tensor centred, variance, eps = Tensor::scalar(static_cast<Real>(options_.eps));
  if (training() || !options_.track_running_stats) {
    const Index count = x.size() / channels_;
    if (training() && count < 2) {
      throw ValueError(
          fmt::format("[BatchNorm] a channel needs 2 values or more in training mode, x {} has {}\n"
                      "hint: call eval() to use the running statistics",
                      x.shape().str(), count));
    }
    const std::vector<int> axes = all_axes_but_channels(x);
    const Tensor average = mean(x, axes, true);  // (1, channels, 1, ...)
    centred = heed::centred(x, axes);
    variance = mean(square(centred), axes, true);
    if (training() && options_.track_running_stats) track(average, variance, count);
    if (!all(isfinite(variance))) {  // squares out of range: in units of the largest
      const Tensor unit = heed::maximum(max(abs(centred.detach()), axes, true), 1);
      centred = centred / unit;
      variance = mean(square(centred), axes, true);
      eps = square(std::sqrt(options_.eps) / unit);
    }
  } else {
    centred = x - along_channels(running_mean_, x);
    variance = along_channels(running_var_, x);
  }
  const Tensor deviation = sqrt(variance + eps);
  if (!options_.affine) return centred / deviation;
  return centred * (along_channels(weight_, x) / deviation) + along_channels(bias_, x);
}

void BatchNorm::track(const Tensor& mean, const Tensor& variance, Index count) const {
  const NoGrad off;
  const double batches = num_batches_tracked_.item() + 1.0;
  const double step = options_.momentum.value_or(1 / batches);
  const auto n = static_cast<double>(count);
  const auto moved = [step](const Tensor& running, const Tensor& seen) {
    return running * (1 - step) + reshape(seen, running.shape()) * step;
  };
  // All are made before the first is written: running out of memory changes nothing.
  const Tensor next_mean = moved(running_mean_, mean);
  const Tensor next_var = moved(running_var_, variance * (n / (n - 1)));
  const Tensor counted = Tensor::scalar(static_cast<Real>(batches));
  running_mean_.assign(next_mean);
  running_var_.assign(next_var);
  num_batches_tracked_.assign(counted);
}

}  // namespace heed::inline HEED_REAL::nn
