#include "optim/radam.h"

#include <cmath>

#include "optim/adam_update.h"

namespace heed::inline HEED_REAL::optim {
namespace {

// r * sqrt(1 - beta2^t), or 0 as long as the variance of what it corrects has no bound.
double rectification(double beta2, double t) {
  const double correction = 1 - std::pow(beta2, t);
  const double most = 2 / (1 - beta2) - 1;
  const double rho = most - 2 * t * std::pow(beta2, t) / correction;
  if (rho <= 5) return 0;
  const double squared = (rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho);
  return std::sqrt(squared * correction);
}

void update(const Piece& p, const RAdamOptions& o) {
  Real* const w = p.w;
  Real* const m = p.slots[0];
  Real* const v = p.slots[1];
  const auto t = static_cast<double>(p.t);
  // The numbers of this step, rounded once.
  const auto keep = static_cast<Real>(o.decoupled_weight_decay ? 1 - p.lr * p.weight_decay : 1);
  const auto l2 = static_cast<Real>(o.decoupled_weight_decay ? 0 : p.weight_decay);
  const auto old1 = static_cast<Real>(o.beta1), new1 = static_cast<Real>(1 - o.beta1);
  const auto old2 = static_cast<Real>(o.beta2), new2 = static_cast<Real>(1 - o.beta2);
  const double rectified = rectification(o.beta2, t);
  const bool adaptive = rectified > 0;
  const double scale = adaptive ? rectified : 1;
  const auto rate = static_cast<Real>(p.lr * scale / (1 - std::pow(o.beta1, t)));
  const auto eps = static_cast<Real>(o.eps);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + l2 * w[i];
    m[i] = old1 * m[i] + new1 * g;
    v[i] = old2 * v[i] + new2 * g * g;
    const Real move = adaptive ? m[i] / (std::sqrt(v[i]) + eps) : m[i];
    w[i] = keep * w[i] - rate * move;
  }
}

}  // namespace

RAdam::RAdam(std::vector<Parameter> parameters, const RAdamOptions& options)
    : Stepper("RAdam", std::move(parameters), options.lr, options.weight_decay, options.groups,
              adam_slots(false)),
      options_(options) {
  check_adam("RAdam", options.beta1, options.beta2, options.eps);
}

void RAdam::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
