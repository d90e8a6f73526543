#include "optim/adamax.h"

#include <cmath>

#include "optim/adam_update.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void update(const Piece& p, const AdamaxOptions& options) {
  Real* const w = p.w;
  Real* const m = p.slots[0];
  Real* const u = p.slots[1];
  const auto decay = static_cast<Real>(p.weight_decay);
  const auto old1 = static_cast<Real>(options.beta1), new1 = static_cast<Real>(1 - options.beta1);
  const auto fade = static_cast<Real>(options.beta2);
  const auto eps = static_cast<Real>(options.eps);
  const auto rate =
      static_cast<Real>(p.lr / (1 - std::pow(options.beta1, static_cast<double>(p.t))));
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + decay * w[i];
    m[i] = old1 * m[i] + new1 * g;
    const Real faded = fade * u[i], size = std::abs(g) + eps;
    u[i] = size <= faded ? faded : size;  // a NaN in m is enough to stay
    w[i] -= rate * m[i] / u[i];
  }
}

}  // namespace

Adamax::Adamax(std::vector<Parameter> parameters, const AdamaxOptions& options)
    : Stepper("Adamax", std::move(parameters), options.lr, options.weight_decay, options.groups,
              {{{"exp_avg"}, {"exp_inf"}}}),
      options_(options) {
  check_adam("Adamax", options.beta1, options.beta2, options.eps);
}

void Adamax::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
