#include "examples/report/curve.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace heed::report {
namespace {

struct Mean {
  double sum = 0;
  int count = 0;
};

}  // namespace

Curve curve_of(const Group& group, int stretches) {
  double last = 0;
  for (const Run& run : group.runs) {
    for (const Point& point : run.loss) last = std::max(last, point.step);
  }
  // Stretch -> mean step, and a mean loss for each seed that has one there.
  std::map<int, std::pair<Mean, std::map<std::size_t, Mean>>> cut;
  for (std::size_t seed = 0; seed < group.runs.size(); ++seed) {
    for (const Point& point : group.runs[seed].loss) {
      if (!std::isfinite(point.value) || !std::isfinite(point.step) || point.step < 0) continue;
      const double place = last > 0 ? point.step / last * stretches : 0;
      auto& [steps, losses] = cut[std::min(static_cast<int>(place), stretches - 1)];
      steps.sum += point.step;
      ++steps.count;
      losses[seed].sum += point.value;
      ++losses[seed].count;
    }
  }
  Curve curve;
  for (const auto& [stretch, found] : cut) {
    const auto& [steps, losses] = found;
    std::vector<double> means;
    for (const auto& [seed, mean] : losses) means.push_back(mean.sum / mean.count);
    std::ranges::sort(means);
    const double median = (means[(means.size() - 1) / 2] + means[means.size() / 2]) / 2;
    curve.samples.push_back({steps.sum / steps.count, means.front(), median, means.back()});
  }
  return curve;
}

}  // namespace heed::report
