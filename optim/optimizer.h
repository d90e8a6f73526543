// What every optimizer has. A training step:
//
//   optimizer.zero_grad();
//   loss.backward();
//   optim::clip_by_norm(parameters, 1.0);             // if wanted
//   optimizer.set_lr(optim::warmup_cosine(step, {...}));  // if wanted
//   optimizer.step();
//
// Constructed from parameters and options. Throws ValueError on options out of range, on two
// parameters of one name or of one tensor, and on a tensor that is not a leaf that wants a
// gradient.
//
// step() is one update in one pass over all parameters. Gradients are read, never written. A
// parameter without a gradient stays as it is and does not decay; where a formula counts updates
// (t), each parameter counts its own, as in PyTorch. When step() throws, nothing has changed. NaN
// and infinities in a gradient go where the formula takes them: into these very weights and what is
// kept beside them, for good; clip_by_norm refuses such gradients.
#pragma once

#include <concepts>

#include "optim/state.h"

namespace heed::inline HEED_REAL::optim {

template <class T>
concept Optimizer = requires(T optimizer, const T& constant, double lr,
                             const OptimizerState& state) {
  constant.zero_grad();
  optimizer.step();
  { constant.lr() } -> std::same_as<double>;
  optimizer.set_lr(lr);                                // throws ValueError unless >= 0
  { constant.steps() } -> std::same_as<std::int64_t>;  // how often step() was called
  // A copy of everything step() depends on beside weights, gradients and options.
  { constant.state() } -> std::same_as<OptimizerState>;
  // Throws ValueError naming the first tensor that is missing, unexpected, of another shape or
  // no count; nothing is changed then.
  optimizer.restore(state);
};

}  // namespace heed::inline HEED_REAL::optim
