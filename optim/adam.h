// Adam. Kingma, Ba 2015, arXiv 1412.6980, algorithm 1, as in PyTorch.
//
//   g += weight_decay * w                   (L2: a term of the loss; AdamW decays apart from it)
//   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
//   w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct AdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  bool amsgrad = false;  // divide by the largest v so far: Reddi et al. 2018, arXiv 1904.09237
  std::vector<ParameterGroup> groups = {};
};

class Adam : public Stepper {
 public:
  explicit Adam(std::vector<Parameter> parameters, const AdamOptions& options = {});
  void step();

 private:
  AdamOptions options_;
};

static_assert(Optimizer<Adam>);

}  // namespace heed::inline HEED_REAL::optim
