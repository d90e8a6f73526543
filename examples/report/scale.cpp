#include "examples/report/scale.h"

#include <algorithm>
#include <cmath>

namespace heed::report {
namespace {

// 1, 2 or 5 times a power of ten, at least `step`.
double round_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (step <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

// 1, 2 or 5 times a power of ten, at most `value`.
double round_down(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {5.0, 2.0}) {
    if (value >= factor * power * (1 - 1e-9)) return factor * power;
  }
  return power;
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
  return {round_down(low), round_step(high), 0, true};
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
  const int first = static_cast<int>(std::floor(std::log10(low_) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(high_) - 1e-9));
  const int every = std::max(1, (last - first + intervals) / (intervals + 1));
  const bool few = last - first <= 3;  // then 2 and 5 times a power are ticks too
  for (int power = first; power <= last; power += every) {
    ticks.push_back(std::pow(10, power));
    if (few) ticks.insert(ticks.end(), {2 * std::pow(10, power), 5 * std::pow(10, power)});
  }
  std::erase_if(ticks, [&](double t) { return t < low_ * (1 - 1e-9) || t > high_ * (1 + 1e-9); });
  return ticks;
}

}  // namespace heed::report
