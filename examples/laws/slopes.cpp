#include "examples/laws/slopes.h"

#include <algorithm>
#include <cmath>

namespace heed::inline HEED_REAL::laws {

namespace {

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

}  // namespace

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

double deviation(const std::function<Tensor()>& loss, const nn::Module& module) {
  double worst = 0;
  for (const Parameter& own : module.parameters()) {
    const double off = deviation(loss, own.value);
    if (!std::isfinite(off)) return off;
    worst = std::max(worst, off);
  }
  return worst;
}

}  // namespace heed::inline HEED_REAL::laws
