// Stochastic gradient descent with momentum, as in PyTorch.
//
//   g += weight_decay * w
//   b = g at the first update, momentum b + (1 - dampening) g after it
//   w -= lr * (nesterov ? g + momentum b : b)
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

// What it has and promises: optimizer.h.
class SGD {
 public:
  explicit SGD(std::vector<Parameter> parameters, const SGDOptions& options = {});

  void zero_grad() const { stepper_.zero_grad(); }
  void step();

  double lr() const { return stepper_.lr(); }
  void set_lr(double lr) { stepper_.set_lr(lr); }
  std::int64_t steps() const { return stepper_.steps(); }
  OptimizerState state() const { return stepper_.state(); }
  void restore(const OptimizerState& state) { stepper_.restore(state); }

 private:
  SGDOptions options_;
  Stepper stepper_;
};

static_assert(Optimizer<SGD>);

}  // namespace heed::inline HEED_REAL::optim
