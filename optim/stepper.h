// What all optimizers do alike: hold parameters, keep tensors beside them, pass over them once a
// step, save and restore. An optimizer derives from it and adds its options and its formula:
//
//   void step() { update_all([&](const Piece& p) { ... one update of p.n weights ... }); }
#pragma once

#include <array>
#include <functional>
#include <string>

#include "autograd/claim.h"
#include "optim/groups.h"
#include "optim/state.h"

namespace heed::inline HEED_REAL::optim {

inline constexpr std::size_t most_slots = 3;

// A tensor beside each parameter. Without a name it is not kept.
struct Slot {
  const char* name = nullptr;  // PyTorch's; it is saved as "<name>.<parameter>"
  Real initial = 0;
};
// All that one optimizer keeps beside a parameter.
using Slots = std::array<Slot, most_slots>;

// n weights of one parameter in one step, and what belongs to them.
struct Piece {
  Index n;
  Real* w;
  const Real* g;
  std::array<Real*, most_slots> slots;  // null where none is kept
  double lr;
  double weight_decay;
  std::int64_t t;  // the number of this update of this parameter: 1, 2, ...
};

class Stepper {
 public:
  // A copy would write into the same tensors.
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  // Forgets the gradients of all parameters.
  void zero_grad() const;

  double lr() const { return lr_; }
  // Throws ValueError unless lr >= 0.
  void set_lr(double lr);
  // How often step() was called.
  std::int64_t steps() const { return steps_; }
  // A copy of everything step() depends on beside weights, gradients and options.
  OptimizerState state() const;
  // Throws ValueError naming the first tensor that is missing, unexpected, of another shape or no
  // count; nothing is changed then.
  void restore(const OptimizerState& state);

 protected:
  // Throws ValueError, naming the optimizer, on two parameters of one name or of one tensor, on a
  // tensor that is not a leaf that wants a gradient, and on an lr, weight decay or group that
  // cannot be.
  Stepper(const char* optimizer, std::vector<Parameter> parameters, double lr, double weight_decay,
          const std::vector<ParameterGroup>& groups, const Slots& slots);
  Stepper(Stepper&&) = default;
  ~Stepper() = default;

  // Calls `update` with pieces that cover every parameter with a gradient once, on all threads of
  // the pool, and raises the versions of these parameters.
  void update_all(const std::function<void(const Piece&)>& update);

 private:
  // The name under which the count of updates of a parameter is saved.
  std::string count_name(std::size_t parameter) const;

  const char* optimizer_;
  std::vector<Parameter> parameters_;
  double lr_;
  std::vector<GroupNumbers> groups_;                   // of each parameter
  std::vector<std::int64_t> updates_;                  // of each parameter
  std::array<std::vector<Tensor>, most_slots> slots_;  // of each parameter
  std::vector<Parameter> saved_;                       // the slots again, under their names
  std::int64_t steps_ = 0;
  Claim claim_;
};

// Throws ValueError, naming the owner, on two parameters of one name or of one tensor and on a
// tensor that is not a leaf that wants a gradient.
void check_parameters(const char* owner, const std::vector<Parameter>& parameters);

}  // namespace heed::inline HEED_REAL::optim
