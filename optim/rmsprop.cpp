#include "optim/rmsprop.h"

#include <cmath>

#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void update(const Piece& p, const RMSpropOptions& options) {
  Real* const w = p.w;
  Real* const v = p.slots[0];
  Real* const m = p.slots[1];
  Real* const b = p.slots[2];
  const auto lr = static_cast<Real>(p.lr);
  const auto decay = static_cast<Real>(p.weight_decay);
  const auto old = static_cast<Real>(options.alpha), fresh = static_cast<Real>(1 - options.alpha);
  const auto momentum = static_cast<Real>(options.momentum);
  const auto eps = static_cast<Real>(options.eps);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + decay * w[i];
    v[i] = old * v[i] + fresh * g * g;
    Real spread = v[i];
    if (m) {
      m[i] = old * m[i] + fresh * g;
      spread -= m[i] * m[i];
      if (spread < 0) spread = 0;  // by rounding; NaN stays
    }
    Real move = g / (std::sqrt(spread) + eps);
    if (b) move = b[i] = momentum * b[i] + move;
    w[i] -= lr * move;
  }
}

}  // namespace

RMSprop::RMSprop(std::vector<Parameter> parameters, const RMSpropOptions& options)
    : Stepper("RMSprop", std::move(parameters), options.lr, options.weight_decay, options.groups,
              {{{"square_avg"},
                {options.centered ? "grad_avg" : nullptr},
                {options.momentum > 0 ? "momentum_buffer" : nullptr}}}),
      options_(options) {
  require_below_one("RMSprop", "alpha", options.alpha);
  require_not_negative("RMSprop", "eps", options.eps);
  require_not_negative("RMSprop", "momentum", options.momentum);
}

void RMSprop::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
