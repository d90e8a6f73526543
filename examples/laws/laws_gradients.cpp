// U1: every gradient against a fourth-order central difference.
#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "examples/laws/law_list.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Mechanism;

// d loss / d leaf[i] by (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h.
double numeric_slope(const std::function<double()>& loss, const Tensor& leaf, Index i) {
  const std::vector<Real> start(leaf.values().begin(), leaf.values().end());
  const double h = 1e-3;
  const auto at = [&](double step) {
    std::vector<Real> moved = start;
    moved[static_cast<std::size_t>(i)] += static_cast<Real>(step);
    leaf.assign(moved);
    return loss();
  };
  const double slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  leaf.assign(start);
  return slope;
}

// The largest deviation over all elements of a leaf, relative to its largest slope.
double deviation(const std::function<Tensor()>& loss, const Tensor& leaf) {
  leaf.zero_grad();
  loss().backward();
  const Tensor gradient = leaf.grad().defined() ? leaf.grad() : Tensor::zeros(leaf.shape());
  const Tensor exact(gradient.shape(), gradient.values());
  double worst = 0, scale = 1e-3;
  for (Index i = 0; i < leaf.size(); ++i) {
    const double slope = numeric_slope([&] { return static_cast<double>(loss().item()); }, leaf, i);
    const double off = std::abs(slope - static_cast<double>(exact.data()[i]));
    if (!std::isfinite(off)) return off;  // max() would forget a NaN
    worst = std::max(worst, off);
    scale = std::max(scale, std::abs(slope));
  }
  return worst / scale;
}

// Everything that a run gives, weighed at random: the result, and what a loss may add to it.
Tensor weighed(const attention::Mixed& mixed) {
  Tensor loss = sum(mixed.y * sample(mixed.y.shape(), 3));
  if (mixed.auxiliary.defined()) loss = loss + mixed.auxiliary;
  if (!mixed.log_probability.defined()) return loss;
  return loss + sum(mixed.log_probability * sample(mixed.log_probability.shape(), 4));
}

// The deviations at one point.
Verdict at_point(const Mechanism& mechanism, const Form& form, bool training, std::uint64_t seed,
                 double bar) {
  Worst worst{bar};
  Subject subject(mechanism, small_config(form.causal));
  if (training) subject.draw(seed);
  const Index length = form.cross ? 5 : 4;
  Call call{.x = sample({2, 4, width}, 10 * seed + 1).detach()};
  call.x.require_grad();
  if (form.cross) {
    call.context = sample({2, length, width}, 10 * seed + 2).detach();
    call.context.require_grad();
  }
  if (mechanism.mixer->can.padding) call.mask = attention::padding({length, 3}, length);
  const auto loss = [&] { return weighed(subject.mix(call)); };
  const std::string where = form.name() + (training ? ", training: " : ": ");
  worst.see(deviation(loss, call.x), where + "x");
  if (form.cross) worst.see(deviation(loss, call.context), where + "context");
  for (const Parameter& parameter : subject.mixer().parameters()) {
    worst.see(deviation(loss, parameter.value), where + parameter.name);
  }
  return worst.verdict;
}

}  // namespace

// A choice jumps, so a point may lie beside a jump: then another is taken. A wrong derivative is
// wrong at each.
Verdict gradients_are_right(const Mechanism& mechanism, double bar) {
  Verdict worst;
  for (const Form& form : forms_of(mechanism)) {
    for (const bool training : {false, true}) {
      Verdict best = at_point(mechanism, form, training, 1, bar);
      for (std::uint64_t seed = 2; seed < 6 && !best.holds; ++seed) {
        best = at_point(mechanism, form, training, seed, bar);
      }
      if (!best.holds) return best;
      if (best.measured >= worst.measured) worst = best;
    }
  }
  return worst;
}

}  // namespace heed::inline HEED_REAL::laws
