// Every vector to mean 0 and variance 1, then a learned scale and shift.
// Ba, Kiros, Hinton 2016, "Layer normalization", arXiv 1607.06450.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct LayerNormOptions {
  double eps = 1e-5;
  bool weight = true;
  bool bias = true;
};

// y = (x - mean) / sqrt(variance + eps) * weight + bias over the last axis; the variance is the
// biased one. Parameters: weight (width) from 1, bias (width) from 0.
class LayerNorm : public Module {
 public:
  using Options = LayerNormOptions;

  // Throws ValueError unless width >= 1 and eps > 0.
  explicit LayerNorm(Index width, const LayerNormOptions& options = {});
  // Over the last axes of x, whose extents are `over`, which weight and bias have as well.
  explicit LayerNorm(const Shape& over, const LayerNormOptions& options = {});

  // x (..., width), or (..., over) -> the same shape. Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  Shape over_;
  double eps_;
  Tensor weight_;  // undefined without
  Tensor bias_;    // undefined without
};

}  // namespace heed::inline HEED_REAL::nn
