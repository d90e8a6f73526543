#include "optim/clip.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::optim {
namespace {

// In double, in an order that depends on the shape alone; eight sums side by side keep the adder
// busy.
double sum_of_squares(const Tensor& gradient) {
  constexpr Index lanes = 8;
  std::array<double, lanes> sums{};
  const Real* const g = gradient.data();
  const Index n = gradient.size();
  for (Index i = 0; i < n; i += lanes) {
    for (Index lane = 0; lane < std::min(lanes, n - i); ++lane) {
      sums[static_cast<std::size_t>(lane)] += static_cast<double>(g[i + lane]) * g[i + lane];
    }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

double clip_by_norm(const std::vector<Parameter>& parameters, double max_norm) {
  if (!(max_norm > 0)) {
    throw ValueError(fmt::format("[clip_by_norm] max_norm must be above 0, got {}", max_norm));
  }
  double total = 0;
  for (const auto& [name, value] : parameters) {
    if (!value.grad().defined()) continue;
    const double sum = sum_of_squares(value.grad());
    if (!std::isfinite(sum)) {
      throw NonFiniteError(
          fmt::format("[clip_by_norm] the gradient of {} is not finite: |g|^2 = {}", name, sum));
    }
    total += sum;
  }
  const double norm = std::sqrt(total);
  const double factor = max_norm / (norm + 1e-6);
  if (factor >= 1) return norm;
  for (const auto& [name, value] : parameters) {
    if (!value.grad().defined()) continue;
    const Tensor scaled = Tensor::empty(value.shape());
    std::transform(value.grad().values().begin(), value.grad().values().end(),
                   scaled.mutable_data(),
                   [factor](Real g) { return static_cast<Real>(factor) * g; });
    value.set_grad(scaled);
  }
  return norm;
}

}  // namespace heed::inline HEED_REAL::optim
