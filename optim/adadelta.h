// Adadelta. Zeiler 2012, arXiv 1212.5701, algorithm 1, as in PyTorch.
//
//   g += weight_decay * w
//   s = rho s + (1 - rho) g^2
//   d = sqrt(a + eps) / sqrt(s + eps) * g
//   a = rho a + (1 - rho) d^2
//   w -= lr * d
//
// A step has the size of the last ones, so that lr is 1: but they begin at sqrt(eps), and a larger
// eps makes a faster start.
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct AdadeltaOptions {
  double lr = 1;
  double rho = 0.9;
  double eps = 1e-6;
  double weight_decay = 0;
  std::vector<ParameterGroup> groups = {};
};

class Adadelta : public Stepper {
 public:
  explicit Adadelta(std::vector<Parameter> parameters, const AdadeltaOptions& options = {});
  void step();

 private:
  AdadeltaOptions options_;
};

static_assert(Optimizer<Adadelta>);

}  // namespace heed::inline HEED_REAL::optim
