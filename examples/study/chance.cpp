#include "examples/study/chance.h"

#include <cmath>
#include <utility>
#include <vector>

namespace heed::study {
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

// (T, T): does what stands at j arrive at i after so many layers? A residual path keeps i itself.
std::vector<bool> reached(const attention::Pattern& pattern, Index length, Index layers) {
  const auto at = [&](Index i, Index j) { return static_cast<std::size_t>(i * length + j); };
  std::vector<bool> reach(static_cast<std::size_t>(length * length));
  for (Index i = 0; i < length; ++i) reach[at(i, i)] = true;
  for (Index layer = 0; layer < layers; ++layer) {
    std::vector<bool> next = reach;
    for (Index i = 0; i < length; ++i) {
      for (Index k = 0; k < length; ++k) {
        if (!pattern.sees(i, k)) continue;
        for (Index j = 0; j < length; ++j) {
          if (reach[at(k, j)]) next[at(i, j)] = true;
        }
      }
    }
    reach = std::move(next);
  }
  return reach;
}

}  // namespace

double mode_floor(Index n, Index values) {
  double expected = 0;  // E[M] = sum_{m >= 0} P(M > m)
  for (Index m = 0; m < n; ++m) expected += 1 - probability_none_above(m, n, values);
  return expected / static_cast<double>(n);
}

double pattern_ceiling(const Sources& sources, const attention::Pattern& pattern, Index layers) {
  const std::vector<bool> reach = reached(pattern, sources.length, layers);
  Index asked = 0, seen = 0;
  for (Index i = 0; i < sources.length; ++i) {
    for (Index group = 0; group < sources.groups; ++group) {
      const Index from = sources.of(i, group);
      if (from < 0) continue;
      asked += 1;
      seen += reach[static_cast<std::size_t>(i * sources.length + from)] ? 1 : 0;
    }
  }
  const auto answers = static_cast<double>(sources.answers);
  if (sources.whole) return std::pow(answers, static_cast<double>(seen - asked));
  const double share = static_cast<double>(seen) / static_cast<double>(asked);
  return share + (1 - share) / answers;
}

}  // namespace heed::study
