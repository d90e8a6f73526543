// Every channel of every row to mean 0 and variance 1, then a learned scale and shift where wanted.
// Ulyanov, Vedaldi, Lempitsky 2016, "Instance normalization", arXiv 1607.08022.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct InstanceNormOptions {
  double eps = 1e-5;
  bool affine = false;
};

// y = (x - mean) / sqrt(variance + eps) * weight + bias, with mean and (biased) variance of one
// channel of one row: what PyTorch calls InstanceNorm1d, 2d or 3d after the rank of x, without
// running statistics. Parameters, where affine: weight (channels) from 1, bias (channels) from 0.
class InstanceNorm : public Module {
 public:
  using Options = InstanceNormOptions;

  // Throws ValueError unless channels >= 1 and eps > 0.
  explicit InstanceNorm(Index channels, const InstanceNormOptions& options = {});

  // x (B, channels, ...) -> the same shape. Throws ShapeError, also when a channel has one value,
  // of which nothing would be left.
  Tensor operator()(const Tensor& x) const;

 private:
  Index channels_;
  double eps_;
  Tensor weight_;  // undefined without
  Tensor bias_;    // undefined without
};

}  // namespace heed::inline HEED_REAL::nn
