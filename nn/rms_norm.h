// Every vector to a root mean square of 1, then a learned scale: layer normalization without its
// mean and its shift. Zhang and Sennrich 2019, "Root mean square layer normalization", arXiv
// 1910.07467.
#pragma once

#include <limits>

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct RMSNormOptions {
  double eps = std::numeric_limits<Real>::epsilon();  // PyTorch's
  bool weight = true;
};

// y = x / sqrt(mean(x^2) + eps) * weight over the last axis. Parameters: weight (width) from 1.
class RMSNorm : public Module {
 public:
  using Options = RMSNormOptions;

  // Throws ValueError unless width >= 1 and eps > 0.
  explicit RMSNorm(Index width, const RMSNormOptions& options = {});

  // x (..., width) -> the same shape. Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  Index width_;
  double eps_;
  Tensor weight_;  // undefined without
};

}  // namespace heed::inline HEED_REAL::nn
