// Every channel to mean 0 and variance 1 over the batch, then a learned scale and shift.
// Ioffe, Szegedy 2015, "Batch normalization", arXiv 1502.03167.
#pragma once

#include <optional>

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct BatchNormOptions {
  double eps = 1e-5;
  // How far the running statistics move towards those of a batch; without one they are the plain
  // average over all batches.
  std::optional<double> momentum = 0.1;
  bool affine = true;
  // Without: the statistics of the batch at hand are used in eval() too.
  bool track_running_stats = true;
};

// y = (x - mean) / sqrt(variance + eps) * weight + bias for each channel (axis 1), over all other
// axes: what PyTorch calls BatchNorm1d, 2d or 3d after the rank of x. In training mode mean and
// (biased) variance are those of the batch and move the running ones, the variance unbiased; in
// eval() the running ones are used, and rows of a batch do not see each other.
//
// Parameters: weight (channels) from 1, bias (channels) from 0. Buffers: running_mean (channels)
// from 0, running_var (channels) from 1, num_batches_tracked (). A call in training mode writes the
// buffers: it is not for several threads.
class BatchNorm : public Module {
 public:
  using Options = BatchNormOptions;

  // Throws ValueError unless channels >= 1, eps > 0 and momentum is in [0, 1].
  explicit BatchNorm(Index channels, const BatchNormOptions& options = {});

  // x (B, channels, ...) -> the same shape. Throws ShapeError, and ValueError in training mode
  // when a channel has fewer than 2 values.
  Tensor operator()(const Tensor& x) const;

 private:
  // Moves the running statistics towards those of a batch with `count` values a channel.
  void track(const Tensor& mean, const Tensor& variance, Index count) const;

  Index channels_;
  BatchNormOptions options_;
  Tensor weight_;
  Tensor bias_;
  Tensor running_mean_;
  Tensor running_var_;
  Tensor num_batches_tracked_;
};

}  // namespace heed::inline HEED_REAL::nn
