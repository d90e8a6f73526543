// Adagrad. Duchi, Hazan, Singer 2011, JMLR 12, figure 1 with diagonal matrices, as in PyTorch.
//
//   g += weight_decay * w
//   s += g^2,   s = initial_accumulator at first
//   w -= lr / (1 + (t - 1) lr_decay) * g / (sqrt(s) + eps)
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct AdagradOptions {
  double lr = 1e-2;
  double lr_decay = 0;
  double weight_decay = 0;
  double initial_accumulator = 0;
  double eps = 1e-10;
  std::vector<ParameterGroup> groups = {};
};

class Adagrad : public Stepper {
 public:
  explicit Adagrad(std::vector<Parameter> parameters, const AdagradOptions& options = {});
  void step();

 private:
  AdagradOptions options_;
};

static_assert(Optimizer<Adagrad>);

}  // namespace heed::inline HEED_REAL::optim
