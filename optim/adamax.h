// Adamax: Adam with the largest gradient, fading, in place of their mean square. Kingma, Ba 2015,
// arXiv 1412.6980, algorithm 2, as in PyTorch.
//
//   g += weight_decay * w
//   m = beta1 m + (1 - beta1) g,   u = max(beta2 u, |g| + eps)
//   w -= lr / (1 - beta1^t) * m / u
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct AdamaxOptions {
  double lr = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
};

class Adamax : public Stepper {
 public:
  explicit Adamax(std::vector<Parameter> parameters, const AdamaxOptions& options = {});
  void step();

 private:
  AdamaxOptions options_;
};

static_assert(Optimizer<Adamax>);

}  // namespace heed::inline HEED_REAL::optim
