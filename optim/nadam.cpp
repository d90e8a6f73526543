#include "optim/nadam.h"

#include <cmath>

#include "optim/adam_update.h"
#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

// mu_t = beta1 (1 - q^t / 2) with q = 0.96^momentum_decay.
double momentum(const NAdamOptions& o, double t) {
  return o.beta1 * (1 - std::pow(0.96, t * o.momentum_decay) / 2);
}

// mu_1 ... mu_t, as a function of t alone: nothing to keep beside a parameter. The logarithm of 1 -
// q^i / 2 is minus the sum of (q^i / 2)^k / k, and over i each power is a geometric series.
double momenta(const NAdamOptions& o, double t) {
  const double log_q = o.momentum_decay * std::log(0.96);
  double logarithm = 0;
  for (int k = 1; k <= 55; ++k) {  // 2^-55 is nothing beside the first
    const double powers =
        log_q < 0 ? std::exp(k * log_q) * std::expm1(k * t * log_q) / std::expm1(k * log_q) : t;
    logarithm -= std::ldexp(powers, -k) / k;
  }
  return std::pow(o.beta1, t) * std::exp(logarithm);
}

void update(const Piece& p, const NAdamOptions& o) {
  Real* const w = p.w;
  Real* const m = p.slots[0];
  Real* const v = p.slots[1];
  const auto t = static_cast<double>(p.t);
  const double mu = momentum(o, t), next = momentum(o, t + 1), product = momenta(o, t);
  // The numbers of this step, rounded once.
  const auto keep = static_cast<Real>(o.decoupled_weight_decay ? 1 - p.lr * p.weight_decay : 1);
  const auto l2 = static_cast<Real>(o.decoupled_weight_decay ? 0 : p.weight_decay);
  const auto old1 = static_cast<Real>(o.beta1), new1 = static_cast<Real>(1 - o.beta1);
  const auto old2 = static_cast<Real>(o.beta2), new2 = static_cast<Real>(1 - o.beta2);
  const auto of_g = static_cast<Real>(p.lr * (1 - mu) / (1 - product));
  const auto of_m = static_cast<Real>(p.lr * next / (1 - product * next));
  const auto correction = static_cast<Real>(1 / std::sqrt(1 - std::pow(o.beta2, t)));
  const auto eps = static_cast<Real>(o.eps);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + l2 * w[i];
    m[i] = old1 * m[i] + new1 * g;
    v[i] = old2 * v[i] + new2 * g * g;
    w[i] = keep * w[i] - (of_g * g + of_m * m[i]) / (std::sqrt(v[i]) * correction + eps);
  }
}

}  // namespace

NAdam::NAdam(std::vector<Parameter> parameters, const NAdamOptions& options)
    : Stepper("NAdam", std::move(parameters), options.lr, options.weight_decay, options.groups,
              adam_slots(false)),
      options_(options) {
  check_adam("NAdam", options.beta1, options.beta2, options.eps);
  require_not_negative("NAdam", "momentum_decay", options.momentum_decay);
}

void NAdam::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
