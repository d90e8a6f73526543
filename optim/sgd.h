// Stochastic gradient descent with momentum, as in PyTorch.
//
//   g += weight_decay * w
//   b = g at the first step, momentum b + (1 - dampening) g after it
//   w -= lr * (nesterov ? g + momentum b : b)
#pragma once

#include "optim/state.h"

namespace heed::inline HEED_REAL::optim {

struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;  // Sutskever et al. 2013
};

class SGD {
 public:
  // Throws ValueError on options out of range (nesterov needs a momentum and no dampening), on two
  // parameters of one name or of one tensor and on a tensor that is not a leaf that wants a
  // gradient.
  explicit SGD(std::vector<Parameter> parameters, const SGDOptions& options = {});

  void zero_grad() const;
  // One update in one pass over all parameters. A parameter without a gradient stays as it is.
  // Gradients are read, never written.
  void step();

  double lr() const { return options_.lr; }
  void set_lr(double lr) { options_.lr = lr; }
  std::int64_t steps() const { return steps_; }

  // A copy of everything step() depends on beside weights, gradients and options.
  OptimizerState state() const;
  // Throws ValueError naming the first tensor that is missing, unexpected or of another shape;
  // nothing is changed then.
  void restore(const OptimizerState& state);

 private:
  std::vector<Parameter> parameters_;
  SGDOptions options_;
  std::int64_t steps_ = 0;
  std::vector<Parameter> buffers_;  // momentum_buffer of each parameter; none without momentum
};

}  // namespace heed::inline HEED_REAL::optim
