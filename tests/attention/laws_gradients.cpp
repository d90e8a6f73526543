// U1: every gradient against a fourth-order central difference.
#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "tests/attention/law_list.h"
#include "tests/attention/subject.h"

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

struct Form {
  bool is_causal = false, cross = false, training = false;
};

// On inputs drawn with this seed.
Verdict check_inputs(const Mechanism& row, const Form& form, std::uint64_t seed, double bar) {
  const bool is_causal = form.is_causal, cross = form.cross, training = form.training;
  Worst worst{bar};
  const Subject subject(row, small_config(is_causal));
  subject.mixer().train(training);
  Tensor x = sample({2, 4, 8}, seed).detach();
  Tensor context = cross ? sample({2, 5, 8}, seed + 1).detach() : Tensor();
  x.require_grad();
  if (cross) context.require_grad();
  const Index keys = cross ? 5 : 4;
  const Mask mask = row.as_mixer().can.padding ? attention::padding({keys, 3}, keys) : Mask();
  // In training every call draws the same.
  const auto output = [&] {
    subject.mixer().seed_draws(6, 0);
    return subject({.x = x, .context = context, .mask = mask});
  };
  const Tensor weight = sample(output().shape(), seed + 2);
  const auto loss = [&] { return sum(output() * weight); };
  const std::string where = std::string(training ? "training, " : "") +
                            (is_causal ? "causal " : "") + (cross ? "cross" : "self");
  worst.see(deviation(loss, x), where + ": x");
  if (cross) worst.see(deviation(loss, context), where + ": context");
  for (const Parameter& parameter : subject.mixer().parameters()) {
    worst.see(deviation(loss, parameter.value), where + ": " + parameter.name);
  }
  return worst.verdict;
}

// A difference quotient across a tie of two keys, or the edge of a window, says nothing: such
// inputs are drawn anew, twice at most. A wrong gradient is wrong on all of them.
void check_form(const Mechanism& row, const Form& form, Worst& worst) {
  Verdict verdict;
  for (const std::uint64_t seed : {1, 101, 201}) {
    verdict = check_inputs(row, form, seed, worst.bar);
    if (verdict.holds) break;
  }
  worst.see(verdict.measured, verdict.note);
  worst.demand(verdict.holds, verdict.note);
}

}  // namespace

Verdict gradients_are_right(const Mechanism& row, double bar) {
  Worst worst{bar};
  const attention::Capabilities& can = row.as_mixer().can;
  check_form(row, {}, worst);
  check_form(row, {.training = true}, worst);
  if (can.causal) check_form(row, {.is_causal = true}, worst);
  if (can.cross) check_form(row, {.cross = true}, worst);
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
