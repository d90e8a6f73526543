// AdamW: Adam with decoupled weight decay. Loshchilov, Hutter 2019, arXiv 1711.05101, algorithm 2,
// as in PyTorch.
//
//   w *= 1 - lr * weight_decay
//   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
//   w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct AdamWOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.01;
  bool amsgrad = false;  // divide by the largest v so far: Reddi et al. 2018, arXiv 1904.09237
  std::vector<ParameterGroup> groups = {};
};

class AdamW : public Stepper {
 public:
  explicit AdamW(std::vector<Parameter> parameters, const AdamWOptions& options = {});
  void step();

 private:
  AdamWOptions options_;
};

static_assert(Optimizer<AdamW>);

}  // namespace heed::inline HEED_REAL::optim
