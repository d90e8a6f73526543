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

void check_form(const Mechanism& row, bool is_causal, bool cross, bool training, Worst& worst) {
  const Subject subject(row, small_config(is_causal));
  subject.mixer().train(training);
  Tensor x = sample({2, 4, 8}, 1).detach();
  Tensor context = cross ? sample({2, 5, 8}, 2).detach() : Tensor();
  x.require_grad();
  if (cross) context.require_grad();
  const Mask mask =
      row.as_mixer().can.padding ? attention::padding({cross ? 5 : 4, 3}, cross ? 5 : 4) : Mask();
  // In training every call draws the same.
  const auto output = [&] {
    subject.mixer().seed_draws(6, 0);
    return subject({.x = x, .context = context, .mask = mask});
  };
  const Tensor weight = sample(output().shape(), 3);
  const auto loss = [&] { return sum(output() * weight); };
  const std::string form = std::string(training ? "training, " : "") +
                           (is_causal ? "causal " : "") + (cross ? "cross" : "self");
  worst.see(deviation(loss, x), form + ": x");
  if (cross) worst.see(deviation(loss, context), form + ": context");
  for (const Parameter& parameter : subject.mixer().parameters()) {
    worst.see(deviation(loss, parameter.value), form + ": " + parameter.name);
  }
}

}  // namespace

Verdict gradients_are_right(const Mechanism& row, double bar) {
  Worst worst{bar};
  const attention::Capabilities& can = row.as_mixer().can;
  check_form(row, false, false, false, worst);
  check_form(row, false, false, true, worst);
  if (can.causal) check_form(row, true, false, false, worst);
  if (can.cross) check_form(row, false, true, false, worst);
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
