#include "optim/sgd.h"

#include <fmt/format.h>

#include "optim/pass.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void check_options(const SGDOptions& options) {
  const auto check = [](const char* name, double value, bool good) {
    if (good) return;
    throw ValueError(fmt::format("[SGD] {} must be >= 0, got {}", name, value));
  };
  check("lr", options.lr, options.lr >= 0);
  check("momentum", options.momentum, options.momentum >= 0);
  check("weight_decay", options.weight_decay, options.weight_decay >= 0);
  if (options.nesterov && (!(options.momentum > 0) || options.dampening != 0)) {
    throw ValueError(fmt::format("[SGD] nesterov needs a momentum and no dampening, got {} and {}",
                                 options.momentum, options.dampening));
  }
}

// The numbers of one step, rounded once to Real.
struct Coefficients {
  Real lr;
  Real decay;
  Real momentum;
  Real fresh;  // 1 - dampening; 1 in the first step
  bool nesterov;
};

void update(Real* w, const Real* g, Index n, const Coefficients& c) {
  for (Index i = 0; i < n; ++i) w[i] -= c.lr * (g[i] + c.decay * w[i]);
}

void update(Real* w, Real* b, const Real* g, Index n, const Coefficients& c) {
  for (Index i = 0; i < n; ++i) {
    const Real slope = g[i] + c.decay * w[i];
    b[i] = c.momentum * b[i] + c.fresh * slope;
    w[i] -= c.lr * (c.nesterov ? slope + c.momentum * b[i] : b[i]);
  }
}

}  // namespace

SGD::SGD(std::vector<Parameter> parameters, const SGDOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  check_parameters("SGD", parameters_);
  check_options(options_);
  if (options_.momentum > 0) buffers_ = zeros_beside(parameters_, "momentum_buffer");
}

void SGD::zero_grad() const { zero_gradients(parameters_); }

void SGD::step() {
  // A buffer starts at 0, so that the first step gives the plain gradient when it is not dampened.
  const double fresh = steps_ == 0 ? 1 : 1 - options_.dampening;
  const Coefficients c{static_cast<Real>(options_.lr), static_cast<Real>(options_.weight_decay),
                       static_cast<Real>(options_.momentum), static_cast<Real>(fresh),
                       options_.nesterov};
  update_all(parameters_, [&](const Piece& p) {
    if (buffers_.empty()) {
      update(p.values, p.gradients, p.n, c);
    } else {
      Real* const buffer = buffers_[p.parameter].value.mutable_data() + p.begin;
      update(p.values, buffer, p.gradients, p.n, c);
    }
  });
  ++steps_;
}

OptimizerState SGD::state() const { return copied(steps_, buffers_); }

void SGD::restore(const OptimizerState& state) {
  overwrite("SGD", buffers_, state);
  steps_ = state.steps;
}

}  // namespace heed::inline HEED_REAL::optim
