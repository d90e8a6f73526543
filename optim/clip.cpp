#include "optim/clip.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::optim {
namespace {

// Of the gradient divided by `unit`. In double, in an order that depends on the shape alone; eight
// sums side by side keep the adder busy.
double sum_of_squares(const Tensor& gradient, double unit = 1) {
  constexpr Index lanes = 8;
  std::array<double, lanes> sums{};
  const Real* const g = gradient.data();
  const Index n = gradient.size();
  for (Index i = 0; i < n; i += lanes) {
    for (Index lane = 0; lane < std::min(lanes, n - i); ++lane) {
      const double share = static_cast<double>(g[i + lane]) / unit;
      sums[static_cast<std::size_t>(lane)] += share * share;
    }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

// The largest number of all gradients. Throws NonFiniteError, naming the parameter.
double largest_of(const std::vector<Parameter>& parameters) {
  double largest = 0;
  for (const auto& [name, value] : parameters) {
    if (!value.grad().defined()) continue;
    for (const Real g : value.grad().values()) {
      const double size = std::abs(static_cast<double>(g));
      if (!std::isfinite(size)) {
        throw NonFiniteError(
            fmt::format("[clip_by_norm] the gradient of {} is not finite: it holds {}", name, g));
      }
      largest = std::max(largest, size);
    }
  }
  return largest;
}

// Of all gradients as one vector, in units of `unit`.
double norm_of(const std::vector<Parameter>& parameters, double unit) {
  double total = 0;
  for (const auto& [name, value] : parameters) {
    if (value.grad().defined()) total += sum_of_squares(value.grad(), unit);
  }
  return std::sqrt(total);
}

// Each gradient by change(gradient), element by element.
template <class Change>
void replace_gradients(const std::vector<Parameter>& parameters, const Change& change) {
  std::vector<Tensor> changed;
  for (const Parameter& parameter : parameters) {
    const Tensor& gradient = parameter.value.grad();
    if (!gradient.defined()) continue;
    changed.push_back(Tensor::empty(gradient.shape()));
    std::transform(gradient.values().begin(), gradient.values().end(),
                   changed.back().mutable_data(), change);
  }
  auto next = changed.begin();
  for (const Parameter& parameter : parameters) {
    if (parameter.value.grad().defined()) parameter.value.set_grad(*next++);
  }
}

}  // namespace

double clip_by_norm(const std::vector<Parameter>& parameters, double max_norm) {
  if (!(max_norm > 0)) {
    throw ValueError(fmt::format("[clip_by_norm] max_norm must be above 0, got {}", max_norm));
  }
  double norm = norm_of(parameters, 1);
  // Where squares overflow or vanish: measured against the largest.
  constexpr double tiny = 1e-140;
  if (!(norm > tiny && std::isfinite(norm))) {
    const double largest = largest_of(parameters);
    norm = largest > 0 ? largest * norm_of(parameters, largest) : 0;
  }
  const double factor = max_norm / (norm + 1e-6);
  if (factor >= 1) return norm;
  replace_gradients(parameters, [scale = static_cast<Real>(factor)](Real g) { return scale * g; });
  return norm;
}

void clip_by_value(const std::vector<Parameter>& parameters, double max_value) {
  if (!(max_value > 0)) {
    throw ValueError(fmt::format("[clip_by_value] max_value must be above 0, got {}", max_value));
  }
  for (const auto& [name, value] : parameters) {
    if (!value.grad().defined()) continue;
    const std::span<const Real> g = value.grad().values();
    if (std::any_of(g.begin(), g.end(), [](Real x) { return std::isnan(x); })) {
      throw NonFiniteError(fmt::format("[clip_by_value] the gradient of {} holds a NaN", name));
    }
  }
  const auto bound = static_cast<Real>(max_value);
  replace_gradients(parameters, [bound](Real g) { return std::clamp(g, -bound, bound); });
}

}  // namespace heed::inline HEED_REAL::optim
