#include "examples/tasks/chance.h"

#include <cmath>
#include <vector>

namespace heed::inline HEED_REAL::tasks {
namespace {

// P(no value is drawn more than `most` times) = n! [x^n] (sum_{k <= most} x^k / k!)^values /
// values^n, with the factor 1/values shared out to the single draws.
double probability_none_above(Index most, Index n, Index values) {
  const auto size = static_cast<std::size_t>(n) + 1;
  std::vector<double> one_value(size, 0.0);
  double term = 1;
  for (std::size_t k = 0; k <= static_cast<std::size_t>(most) && k < size; ++k) {
    one_value[k] = term;
    term /= static_cast<double>(k + 1) * static_cast<double>(values);
  }
  std::vector<double> power(size, 0.0);
  power[0] = 1;
  for (Index value = 0; value < values; ++value) {
    std::vector<double> next(size, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t k = 0; i + k < size; ++k) next[i + k] += power[i] * one_value[k];
    }
    power = std::move(next);
  }
  return power[size - 1] * std::tgamma(static_cast<double>(n) + 1);
}

}  // namespace

double mode_floor(Index n, Index values) {
  double expected = 0;  // E[M] = sum_{m >= 0} P(M > m)
  for (Index m = 0; m < n; ++m) expected += 1 - probability_none_above(m, n, values);
  return expected / static_cast<double>(n);
}

double pattern_ceiling(const TokenTask& task, const attention::Pattern& pattern) {
  if (task.source == nullptr) return 1;
  Index asked = 0, seen = 0;
  for (Index i = 0; i < task.length; ++i) {
    for (Index group = 0; group < task.groups; ++group) {
      const Index from = task.source(i, group);
      if (from < 0) continue;
      asked += 1;
      seen += pattern.sees(i, from) ? 1 : 0;
    }
  }
  const double share = static_cast<double>(seen) / static_cast<double>(asked);
  return share + (1 - share) / static_cast<double>(task.answers);
}

}  // namespace heed::inline HEED_REAL::tasks
