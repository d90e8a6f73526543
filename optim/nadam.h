// NAdam: Adam with Nesterov's momentum, which grows from half of beta1. Dozat 2016, "Incorporating
// Nesterov momentum into Adam", algorithm 2, as in PyTorch.
//
//   g += weight_decay * w, or w *= 1 - lr * weight_decay where it is decoupled
//   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
//   mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2),   M_t = mu_1 ... mu_t
//   w -= lr ((1 - mu_t) / (1 - M_t) g + mu_t+1 / (1 - M_t+1) m) / (sqrt(v / (1 - beta2^t)) + eps)
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct NAdamOptions {
  double lr = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  double momentum_decay = 4e-3;
  bool decoupled_weight_decay = false;
  std::vector<ParameterGroup> groups = {};
};

class NAdam : public Stepper {
 public:
  explicit NAdam(std::vector<Parameter> parameters, const NAdamOptions& options = {});
  void step();

 private:
  NAdamOptions options_;
};

static_assert(Optimizer<NAdam>);

}  // namespace heed::inline HEED_REAL::optim
