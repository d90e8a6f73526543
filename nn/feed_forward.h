// The two-layer network of every transformer block. Vaswani et al. 2017, arXiv 1706.03762, eq. 2.
#pragma once

#include "autograd/ops.h"
#include "nn/dropout.h"
#include "nn/linear.h"
#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

using Activation = Tensor (*)(const Tensor&);  // relu, gelu, tanh, ... of autograd/ops.h

struct FeedForwardOptions {
  Activation activation = gelu;
  double dropout = 0;  // on the hidden layer
  bool bias = true;
};

// y = linear2(dropout(activation(linear1(x)))). Parameters: linear1 (hidden, width), linear2
// (width, hidden).
class FeedForward : public Module {
 public:
  using Options = FeedForwardOptions;

  FeedForward(Index width, Index hidden, Generator& rng, const FeedForwardOptions& options = {});

  // x (..., width) -> the same shape. Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  Activation activation_;
  Linear& linear1_;
  Dropout& dropout_;
  Linear& linear2_;
};

}  // namespace heed::inline HEED_REAL::nn
