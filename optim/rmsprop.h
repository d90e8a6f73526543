// RMSprop. Tieleman, Hinton 2012, lecture 6e; centered: Graves 2013, arXiv 1308.0850, section 2.4;
// as in PyTorch.
//
//   g += weight_decay * w
//   v = alpha v + (1 - alpha) g^2
//   centered:   m = alpha m + (1 - alpha) g,   s = sqrt(v - m^2);   otherwise s = sqrt(v)
//   b = momentum b + g / (s + eps)
//   w -= lr * b
//
// Rounding can push v - m^2 below 0 once gradients stop changing. It is then taken as 0, where
// PyTorch's weights turn to NaN; the step is large there: the centered form wants a larger eps.
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct RMSpropOptions {
  double lr = 1e-2;
  double alpha = 0.99;
  double eps = 1e-8;
  double momentum = 0;
  double weight_decay = 0;
  bool centered = false;
  std::vector<ParameterGroup> groups = {};
};

class RMSprop : public Stepper {
 public:
  explicit RMSprop(std::vector<Parameter> parameters, const RMSpropOptions& options = {});
  void step();

 private:
  RMSpropOptions options_;
};

static_assert(Optimizer<RMSprop>);

}  // namespace heed::inline HEED_REAL::optim
