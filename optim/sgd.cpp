#include "optim/sgd.h"

#include <fmt/format.h>

#include <cmath>

#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void update(const Piece& p, const SGDOptions& options) {
  Real* const w = p.w;
  Real* const b = p.slots[0];
  const auto lr = static_cast<Real>(p.lr);
  const auto decay = static_cast<Real>(p.weight_decay);
  if (!b) {
    for (Index i = 0; i < p.n; ++i) w[i] -= lr * (p.g[i] + decay * w[i]);
    return;
  }
  // b starts at 0, so that the first update gives the plain gradient when it is not dampened.
  const auto fresh = static_cast<Real>(p.t == 1 ? 1 : 1 - options.dampening);
  const auto momentum = static_cast<Real>(options.momentum);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + decay * w[i];
    b[i] = momentum * b[i] + fresh * g;
    w[i] -= lr * (options.nesterov ? g + momentum * b[i] : b[i]);
  }
}

}  // namespace

SGD::SGD(std::vector<Parameter> parameters, const SGDOptions& options)
    : Stepper("SGD", std::move(parameters), options.lr, options.weight_decay, options.groups,
              {{{options.momentum > 0 ? "momentum_buffer" : nullptr}}}),
      options_(options) {
  require_not_negative("SGD", "momentum", options.momentum);
  if (!std::isfinite(options.dampening)) {
    throw ValueError(fmt::format("[SGD] dampening must be finite, got {}", options.dampening));
  }
  if (options.nesterov && (!(options.momentum > 0) || options.dampening != 0)) {
    throw ValueError(fmt::format("[SGD] nesterov needs a momentum and no dampening, got {} and {}",
                                 options.momentum, options.dampening));
  }
}

void SGD::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
