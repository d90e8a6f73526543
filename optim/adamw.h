// AdamW: Adam with decoupled weight decay. Loshchilov, Hutter 2019, arXiv 1711.05101, algorithm 2,
// as in PyTorch.
//
//   w *= 1 - lr * weight_decay
//   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
//   w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
#pragma once

#include <functional>

#include "optim/state.h"

namespace heed::inline HEED_REAL::optim {

struct AdamWOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.01;
  // Which parameters decay; empty: all. See is_matrix.
  std::function<bool(const Parameter&)> decays = {};
};

// Rank 2 and more: weights, but no biases and no gains. What weight decay is usually meant for.
bool is_matrix(const Parameter& parameter);

class AdamW {
 public:
  // Throws ValueError on options out of range, on two parameters of one name or of one tensor
  // and on a tensor that is not a leaf that wants a gradient.
  explicit AdamW(std::vector<Parameter> parameters, const AdamWOptions& options = {});

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
  std::vector<Parameter> moments() const;

  std::vector<Parameter> parameters_;
  AdamWOptions options_;
  std::int64_t steps_ = 0;
  std::vector<bool> decays_;          // whether weight decay acts on each
  std::vector<Parameter> averages_;  // m, called exp_avg
  std::vector<Parameter> squares_;   // v, called exp_avg_sq
};

}  // namespace heed::inline HEED_REAL::optim
