// RAdam: Adam that divides by nothing until enough squares are averaged, and then by less than it
// would. Liu et al. 2020, "On the variance of the adaptive learning rate and beyond", arXiv
// 1908.03265, algorithm 2, as in PyTorch.
//
//   g += weight_decay * w, or w *= 1 - lr * weight_decay where it is decoupled
//   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
//   rho = 2 / (1 - beta2) - 1,   rho_t = rho - 2 t beta2^t / (1 - beta2^t)
//   r = sqrt((rho_t - 4) (rho_t - 2) rho / ((rho - 4) (rho - 2) rho_t))
//   rho_t > 5:   w -= lr / (1 - beta1^t) * m * r sqrt(1 - beta2^t) / (sqrt(v) + eps)
//   otherwise:   w -= lr / (1 - beta1^t) * m
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct RAdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  bool decoupled_weight_decay = false;
  std::vector<ParameterGroup> groups = {};
};

class RAdam : public Stepper {
 public:
  explicit RAdam(std::vector<Parameter> parameters, const RAdamOptions& options = {});
  void step();

 private:
  RAdamOptions options_;
};

static_assert(Optimizer<RAdam>);

}  // namespace heed::inline HEED_REAL::optim
