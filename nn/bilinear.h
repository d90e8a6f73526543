// A bilinear map: what two vectors say together.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct BilinearOptions {
  bool bias = true;
};

// y_o = x1^T A_o x2 + b_o, in each of its arguments linear. Parameters: weight (out, in1, in2) with
// A_o in row o, bias (out), both from U(-b, b) with b = 1 / sqrt(in1).
class Bilinear : public Module {
 public:
  using Options = BilinearOptions;

  // Throws ValueError unless in1, in2 and out are at least 1.
  Bilinear(Index in1, Index in2, Index out, Generator& rng, const BilinearOptions& options = {});

  // x1 (..., in1), x2 (..., in2) with the same axes in front -> (..., out). Throws ShapeError.
  Tensor operator()(const Tensor& x1, const Tensor& x2) const;

  const Tensor& weight() const { return weight_; }
  const Tensor& bias() const { return bias_; }  // undefined without

 private:
  Tensor weight_;
  Tensor bias_;
};

}  // namespace heed::inline HEED_REAL::nn
