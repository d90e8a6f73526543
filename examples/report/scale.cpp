#include "examples/report/scale.h"

#include <algorithm>
#include <cmath>

namespace heed::inline HEED_REAL::report {
namespace {

// 1, 2 or 5 times a power of ten, at least `step`.
double round_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (step <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

constexpr int intervals = 5;

}  // namespace

Scale Scale::linear(double low, double high) {
  if (!(high > low)) {
    const double around = low == 0 ? 1 : std::abs(low) / 2;
    low -= around;
    high += around;
  }
  const double step = round_step((high - low) / intervals);
  return {std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, step, false};
}

Scale Scale::logarithmic(double low, double high) {
  return {std::pow(10, std::floor(std::log10(low))), std::pow(10, std::ceil(std::log10(high))), 0,
          true};
}

Scale Scale::fitting(const std::vector<double>& values) {
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite),
                       [](double v) { return std::isfinite(v); });
  if (finite.empty()) return linear(0, 1);
  const auto [low, high] = std::ranges::minmax(finite);
  if (low > 0 && high / low > 30) return logarithmic(low, high);
  return linear(low > 0 && low < high / 2 ? 0 : low, high);
}

double Scale::at(double value) const {
  const double share = logarithmic_ ? std::log(value / low_) / std::log(high_ / low_)
                                    : (value - low_) / (high_ - low_);
  return std::clamp(share, 0.0, 1.0);
}

std::vector<double> Scale::ticks() const {
  std::vector<double> ticks;
  if (!logarithmic_) {
    const auto count = std::lround((high_ - low_) / step_);
    for (long i = 0; i <= count; ++i) ticks.push_back(low_ + static_cast<double>(i) * step_);
    return ticks;
  }
  const int first = static_cast<int>(std::lround(std::log10(low_)));
  const int last = static_cast<int>(std::lround(std::log10(high_)));
  const int every = std::max(1, (last - first + intervals) / (intervals + 1));
  for (int power = first; power <= last; power += every) ticks.push_back(std::pow(10, power));
  return ticks;
}

}  // namespace heed::inline HEED_REAL::report
