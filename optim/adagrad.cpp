#include "optim/adagrad.h"

#include <cmath>

#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void update(const Piece& p, const AdagradOptions& options) {
  Real* const w = p.w;
  Real* const s = p.slots[0];
  const auto before = static_cast<double>(p.t - 1);
  const auto rate = static_cast<Real>(p.lr / (1 + before * options.lr_decay));
  const auto decay = static_cast<Real>(p.weight_decay);
  const auto eps = static_cast<Real>(options.eps);
  for (Index i = 0; i < p.n; ++i) {
    const Real g = p.g[i] + decay * w[i];
    s[i] += g * g;
    w[i] -= rate * g / (std::sqrt(s[i]) + eps);
  }
}

}  // namespace

Adagrad::Adagrad(std::vector<Parameter> parameters, const AdagradOptions& options)
    : Stepper("Adagrad", std::move(parameters), options.lr, options.weight_decay, options.groups,
              {{{"sum", static_cast<Real>(options.initial_accumulator)}}}),
      options_(options) {
  require_not_negative("Adagrad", "lr_decay", options.lr_decay);
  require_not_negative("Adagrad", "initial_accumulator", options.initial_accumulator);
  require_not_negative("Adagrad", "eps", options.eps);
}

void Adagrad::step() {
  update_all([&](const Piece& piece) { update(piece, options_); });
}

}  // namespace heed::inline HEED_REAL::optim
