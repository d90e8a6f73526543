// Lion: the sign of an interpolated momentum. Chen et al. 2023, "Symbolic Discovery of Optimization
// Algorithms", arXiv 2302.06675, algorithm 2.
//
//   w *= 1 - lr * weight_decay
//   w -= lr * sign(beta1 m + (1 - beta1) g)      sign(0) = 0, sign(NaN) = NaN
//   m = beta2 m + (1 - beta2) g
//
// Every weight moves by lr, whatever the size of its gradient: the paper takes an lr 3 to 10 times
// smaller than AdamW's and a weight_decay as many times larger.
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct LionOptions {
  double lr = 1e-4;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
};

class Lion : public Stepper {
 public:
  explicit Lion(std::vector<Parameter> parameters, const LionOptions& options = {});
  void step();

 private:
  LionOptions options_;
};

static_assert(Optimizer<Lion>);

}  // namespace heed::inline HEED_REAL::optim
