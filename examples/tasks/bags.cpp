#include "examples/tasks/bags.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heed::inline HEED_REAL::tasks {
namespace {

// A digit that is the key, or one that is not.
Index draw_digit(const data::Digits& digits, bool key, Generator& rng) {
  for (;;) {
    const Index which = rng.below(static_cast<std::int32_t>(digits.size()));
    if ((digits.labels[static_cast<std::size_t>(which)] == key_digit) == key) return which;
  }
}

}  // namespace

BagBatch draw_bags(Index batch, const data::Digits& digits, Generator& rng) {
  constexpr Index pixels = data::Digits::pixels;
  std::vector<Real> instances(static_cast<std::size_t>(batch * largest_bag * pixels));
  BagBatch bags;
  std::vector<std::int32_t> labels, keys;
  for (Index b = 0; b < batch; ++b) {
    const auto drawn = static_cast<Index>(std::lround(10 + 2 * rng.normal()));
    const Index size = std::clamp(drawn, smallest_bag, largest_bag);
    const bool positive = rng.below(2) == 1;
    bags.sizes.push_back(size);
    labels.push_back(positive ? 1 : 0);
    keys.push_back(positive ? rng.below(static_cast<std::int32_t>(size)) : -1);
    for (Index i = 0; i < size; ++i) {
      const Index which = draw_digit(digits, i == keys.back(), rng);
      std::ranges::copy(digits.image(which), instances.begin() + (b * largest_bag + i) * pixels);
    }
  }
  bags.instances = Tensor({batch, largest_bag, pixels}, instances);
  bags.labels = Indices(std::move(labels));
  bags.key = Indices(std::move(keys));
  return bags;
}

double area_under_curve(const std::vector<double>& scores,
                        const std::vector<std::int32_t>& labels) {
  // The Mann-Whitney statistic from ranks, with the mean rank for ties.
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return scores[i]; });
  double rank_sum = 0, positives = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && scores[order[end]] == scores[order[i]]) ++end;
    const double rank = (static_cast<double>(i + end) + 1) / 2;
    for (; i < end; ++i) {
      if (labels[order[i]] == 0) continue;
      rank_sum += rank;
      positives += 1;
    }
  }
  const double negatives = static_cast<double>(scores.size()) - positives;
  if (positives == 0 || negatives == 0) {
    throw ValueError("[area_under_curve] needs scores of both labels");
  }
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

}  // namespace heed::inline HEED_REAL::tasks
