// Every group of channels to mean 0 and variance 1, each row of the batch by itself, then a learned
// scale and shift. Wu, He 2018, "Group normalization", arXiv 1803.08494.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

// (x - mean) / sqrt(variance + eps) * weight + bias, where mean and (biased) variance are those of
// C / groups consecutive channels of one row. x (B, C, ...), weight and bias (C), either undefined
// for 1 and 0 -> the shape of x. Throws ShapeError, and ValueError unless groups >= 1 and eps >= 0.
Tensor group_norm(const Tensor& x, Index groups, const Tensor& weight = {}, const Tensor& bias = {},
                  double eps = 1e-5);

struct GroupNormOptions {
  double eps = 1e-5;
  bool affine = true;
};

// group_norm with parameters weight (channels) from 1 and bias (channels) from 0. With one group it
// is the layer norm of a picture, with as many as channels InstanceNorm.
class GroupNorm : public Module {
 public:
  using Options = GroupNormOptions;

  // Throws ValueError unless groups and channels are >= 1, groups divides channels, and eps > 0.
  GroupNorm(Index groups, Index channels, const GroupNormOptions& options = {});

  // x (B, channels, ...) -> the same shape. Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  Index groups_;
  Index channels_;
  double eps_;
  Tensor weight_;  // undefined without
  Tensor bias_;    // undefined without
};

}  // namespace heed::inline HEED_REAL::nn
