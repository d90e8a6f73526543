#include "optim/lion.h"

#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void update(const Piece& p, const LionOptions& options) {
  Real* const w = p.w;
  Real* const m = p.slots[0];
  const auto lr = static_cast<Real>(p.lr);
  const auto keep = static_cast<Real>(1 - p.lr * p.weight_decay);
  const auto old1 = static_cast<Real>(options.beta1), new1 = static_cast<Real>(1 - options.beta1);
  const auto old2 = static_cast<Real>(options.beta2), new2 = static_cast<Real>(1 - options.beta2);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i];
    const Real c = old1 * m[i] + new1 * g;
    const Real sign = c > 0 ? 1 : c < 0 ? -1 : c;  // of 0 and of NaN: themselves
    w[i] = keep * w[i] - lr * sign;
    m[i] = old2 * m[i] + new2 * g;
  }
}

}  // namespace

Lion::Lion(std::vector<Parameter> parameters, const LionOptions& options)
    : Stepper("Lion", std::move(parameters), options.lr, options.weight_decay, options.groups,
              {{{"exp_avg"}}}),
      options_(options) {
  require_below_one("Lion", "beta1", options.beta1);
  require_below_one("Lion", "beta2", options.beta2);
}

void Lion::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
