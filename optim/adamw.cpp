#include "optim/adamw.h"

#include <fmt/format.h>

#include <cmath>

#include "optim/pass.h"

namespace heed::inline HEED_REAL::optim {
namespace {

void check_options(const AdamWOptions& options) {
  const auto check = [](const char* name, double value, bool good, const char* range) {
    if (good) return;
    throw ValueError(fmt::format("[AdamW] {} must be {}, got {}", name, range, value));
  };
  check("lr", options.lr, options.lr >= 0, ">= 0");
  check("beta1", options.beta1, options.beta1 >= 0 && options.beta1 < 1, "in [0, 1)");
  check("beta2", options.beta2, options.beta2 >= 0 && options.beta2 < 1, "in [0, 1)");
  check("eps", options.eps, options.eps >= 0, ">= 0");
  check("weight_decay", options.weight_decay, options.weight_decay >= 0, ">= 0");
}

// The numbers of one step, rounded once to Real.
struct Coefficients {
  Real beta1;
  Real beta2;
  Real rate;        // lr / (1 - beta1^t)
  Real correction;  // 1 / sqrt(1 - beta2^t)
  Real eps;
};

void update(Real* w, Real* m, Real* v, const Real* g, Index n, Real keep, const Coefficients& c) {
  const Real fresh1 = 1 - c.beta1;
  const Real fresh2 = 1 - c.beta2;
  for (Index i = 0; i < n; ++i) {
    m[i] = c.beta1 * m[i] + fresh1 * g[i];
    v[i] = c.beta2 * v[i] + fresh2 * g[i] * g[i];
    w[i] = keep * w[i] - c.rate * m[i] / (std::sqrt(v[i]) * c.correction + c.eps);
  }
}

}  // namespace

bool is_matrix(const Parameter& parameter) { return parameter.value.rank() >= 2; }

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWOptions& options)
    : parameters_(std::move(parameters)),
      options_(options),
      averages_(zeros_beside(parameters_, "exp_avg")),
      squares_(zeros_beside(parameters_, "exp_avg_sq")) {
  check_parameters("AdamW", parameters_);
  check_options(options_);
  for (const Parameter& parameter : parameters_) {
    decays_.push_back(!options_.decays || options_.decays(parameter));
  }
}

void AdamW::zero_grad() const { zero_gradients(parameters_); }

void AdamW::step() {
  const auto t = static_cast<double>(steps_ + 1);
  const Coefficients c{static_cast<Real>(options_.beta1), static_cast<Real>(options_.beta2),
                       static_cast<Real>(options_.lr / (1 - std::pow(options_.beta1, t))),
                       static_cast<Real>(1 / std::sqrt(1 - std::pow(options_.beta2, t))),
                       static_cast<Real>(options_.eps)};
  const auto keep = static_cast<Real>(1 - options_.lr * options_.weight_decay);
  update_all(parameters_, [&](const Piece& p) {
    update(p.values, averages_[p.parameter].value.mutable_data() + p.begin,
           squares_[p.parameter].value.mutable_data() + p.begin, p.gradients, p.n,
           decays_[p.parameter] ? keep : Real(1), c);
  });
  ++steps_;
}

OptimizerState AdamW::state() const { return copied(steps_, moments()); }

void AdamW::restore(const OptimizerState& state) {
  overwrite("AdamW", moments(), state);
  steps_ = state.steps;
}

std::vector<Parameter> AdamW::moments() const {
  std::vector<Parameter> all = averages_;
  all.insert(all.end(), squares_.begin(), squares_.end());
  return all;
}

}  // namespace heed::inline HEED_REAL::optim
