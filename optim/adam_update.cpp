#include "optim/adam_update.h"

#include <cmath>

#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {

void check_adam(const char* optimizer, double beta1, double beta2, double eps) {
  require_below_one(optimizer, "beta1", beta1);
  require_below_one(optimizer, "beta2", beta2);
  require_not_negative(optimizer, "eps", eps);
}

Slots adam_slots(bool amsgrad) {
  return {{{"exp_avg"}, {"exp_avg_sq"}, {amsgrad ? "max_exp_avg_sq" : nullptr}}};
}

void adam_update(const Piece& p, double beta1, double beta2, double eps, Decay decay) {
  Real* const w = p.w;
  Real* const m = p.slots[0];
  Real* const v = p.slots[1];
  Real* const most = p.slots[2];
  const auto t = static_cast<double>(p.t);
  const bool apart = decay == Decay::of_weights;
  // The numbers of this step, rounded once.
  const auto keep = static_cast<Real>(apart ? 1 - p.lr * p.weight_decay : 1);
  const auto l2 = static_cast<Real>(apart ? 0 : p.weight_decay);
  const auto old1 = static_cast<Real>(beta1), new1 = static_cast<Real>(1 - beta1);
  const auto old2 = static_cast<Real>(beta2), new2 = static_cast<Real>(1 - beta2);
  const auto rate = static_cast<Real>(p.lr / (1 - std::pow(beta1, t)));
  const auto correction = static_cast<Real>(1 / std::sqrt(1 - std::pow(beta2, t)));
  const auto floor = static_cast<Real>(eps);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + l2 * w[i];
    m[i] = old1 * m[i] + new1 * g;
    v[i] = old2 * v[i] + new2 * g * g;
    Real square = v[i];
    if (most) square = most[i] = most[i] >= square ? most[i] : square;  // NaN is the largest
    w[i] = keep * w[i] - rate * m[i] / (std::sqrt(square) * correction + floor);
  }
}

}  // namespace heed::inline HEED_REAL::optim
