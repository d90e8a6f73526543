// An affine map of the last axis.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct LinearOptions {
  bool bias = true;
};

// y = x weight^T + bias. Parameters: weight (out, in), bias (out), both from U(-b, b) with
// b = 1 / sqrt(in).
class Linear : public Module {
 public:
  using Options = LinearOptions;

  // Throws ValueError unless in >= 1 and out >= 1.
  Linear(Index in, Index out, Generator& rng, const LinearOptions& options = {});
  // With weights (out, in) and bias (out, or undefined) made elsewhere; a leaf that another Module
  // has is shared.
  explicit Linear(const Tensor& weight, const Tensor& bias = {});

  // x (..., in) -> (..., out). Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

  const Tensor& weight() const { return weight_; }
  const Tensor& bias() const { return bias_; }  // undefined without

 private:
  Tensor weight_;
  Tensor bias_;
};

}  // namespace heed::inline HEED_REAL::nn
