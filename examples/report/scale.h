// Axes: where a value stands between 0 and 1, and where the ticks are.
#pragma once

#include <vector>

#include "autograd/real.h"

namespace heed::report {

class Scale {
 public:
  // From `low` to `high`, widened to round numbers. A logarithmic scale needs low > 0.
  static Scale linear(double low, double high);
  static Scale logarithmic(double low, double high);
  // Logarithmic for positive values that span more than a factor 30, otherwise linear, and from 0
  // for values that are positive and not far from it.
  static Scale fitting(const std::vector<double>& values);

  bool is_logarithmic() const { return logarithmic_; }
  double low() const { return low_; }
  double high() const { return high_; }
  // 0 at low(), 1 at high(); held within these.
  double at(double value) const;
  // About five round values within the scale; powers of ten on a logarithmic one.
  std::vector<double> ticks() const;

 private:
  Scale(double low, double high, double step, bool logarithmic)
      : low_(low), high_(high), step_(step), logarithmic_(logarithmic) {}

  double low_, high_;
  double step_;  // between ticks; unused on a logarithmic scale
  bool logarithmic_;
};

}  // namespace heed::report
