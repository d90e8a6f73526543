#include "optim/adadelta.h"

#include <cmath>

#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void update(const Piece& p, const AdadeltaOptions& options) {
  Real* const w = p.w;
  Real* const s = p.slots[0];
  Real* const a = p.slots[1];
  const auto lr = static_cast<Real>(p.lr);
  const auto decay = static_cast<Real>(p.weight_decay);
  const auto old = static_cast<Real>(options.rho), fresh = static_cast<Real>(1 - options.rho);
  const auto eps = static_cast<Real>(options.eps);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + decay * w[i];
    s[i] = old * s[i] + fresh * g * g;
    const Real move = std::sqrt(a[i] + eps) / std::sqrt(s[i] + eps) * g;
    a[i] = old * a[i] + fresh * move * move;
    w[i] -= lr * move;
  }
}

}  // namespace

Adadelta::Adadelta(std::vector<Parameter> parameters, const AdadeltaOptions& options)
    : Stepper("Adadelta", std::move(parameters), options.lr, options.weight_decay, options.groups,
              {{{"square_avg"}, {"acc_delta"}}}),
      options_(options) {
  require_below_one("Adadelta", "rho", options.rho);
  require_not_negative("Adadelta", "eps", options.eps);
}

void Adadelta::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
