// Stochastic gradient descent with momentum, as in PyTorch.
//
//   g += weight_decay * w
//   b = g at the first update, momentum b + (1 - dampening) g after it
//   w -= lr * (nesterov ? g + momentum b : b)
//
// What it has and promises: optimizer.h.
#pragma once

#include "optim/optimizer.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;  // with it, b is kept as "momentum_buffer"
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;  // Sutskever et al. 2013; needs a momentum and no dampening
  std::vector<ParameterGroup> groups = {};
};

class SGD : public Stepper {
 public:
  explicit SGD(std::vector<Parameter> parameters, const SGDOptions& options = {});
  void step();

 private:
  SGDOptions options_;
};

static_assert(Optimizer<SGD>);

}  // namespace heed::inline HEED_REAL::optim
