// U2, U3, U9, U12: what the weights are, and what follows for the output.
#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/attention/law_list.h"
#include "tests/attention/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::MapRecorder;
using attention::Row;

// The core on its own: q, k, v of a small size, and who sees whom.
struct Bench {
  Tensor q = sample({2, 3, 4, 5}, 11);  // (B, H, T, D)
  Tensor k = sample({2, 3, 6, 5}, 12);  // (B, H, S, D)
  Tensor v = sample({2, 3, 6, 5}, 13);
  Mask visible = attention::padding({6, 4}, 6) & attention::causal().expand(4, 6);
};

// At one query and coordinate: the smallest, largest and mean value among the visible keys.
struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
};

Range visible_range(const Bench& bench, Index b, Index h, Index i, Index d) {
  Range range;
  for (Index j = 0; j < 6; ++j) {
    const bool sees = bench.visible[(b * 4 + i) * 6 + j];  // (2, 1, 4, 6)
    if (!sees) continue;
    const double value = static_cast<double>(bench.v.data()[((b * 3 + h) * 6 + j) * 5 + d]);
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  return range;
}

// Weights at temperature tau: of the mean over visible keys as tau grows, of the best key as it
// falls.
Tensor mean_weights(const Mask& visible, const Shape& shape) {
  const Tensor counts = expand(to_tensor(visible), shape);
  return counts / sum(counts, {-1}, true);
}

Tensor best_weights(const Tensor& scores, const Mask& visible) {
  const double lowest = -std::numeric_limits<double>::infinity();
  const Indices best = argmax(where(visible, scores, lowest), -1);
  return one_hot(best, scores.dim(-1));
}

}  // namespace

Verdict weights_are_a_distribution(const Row& row, double bar) {
  Worst worst{bar};
  for (const bool is_causal : {false, true}) {
    if (is_causal && !row.can.causal) continue;
    const Subject subject(row, small_config(is_causal));
    for (const bool padded : {false, true}) {
      if (padded && !row.can.padding) continue;
      MapRecorder recorder;
      subject(
          {.x = sample({2, 5, 6}, 21), .mask = padded ? attention::padding({5, 3}, 5) : Mask()});
      worst.demand(!recorder.maps().empty(), "no map was published");
      for (const attention::Map& map : recorder.maps()) {
        const Tensor sums = sum(map.weights, {-1});
        worst.see(distance(sums, Tensor::ones(sums.shape())), "rows do not sum to 1");
        const auto lowest =
            std::min_element(map.weights.values().begin(), map.weights.values().end());
        worst.see(std::max(0.0, -static_cast<double>(*lowest)), "a weight is negative");
      }
    }
  }
  return worst.verdict;
}

Verdict output_within_values(const Row& row, double bar) {
  Worst worst{bar};
  const Bench bench;
  const Tensor y =
      attention::attend(bench.q, bench.k, bench.v, bench.visible, row.score, row.normalise).y;
  for (Index b = 0; b < 2; ++b) {
    for (Index h = 0; h < 3; ++h) {
      for (Index i = 0; i < 4; ++i) {
        for (Index d = 0; d < 5; ++d) {
          const Range range = visible_range(bench, b, h, i, d);
          const double value = static_cast<double>(y.data()[((b * 3 + h) * 4 + i) * 5 + d]);
          worst.demand(!std::isnan(value), "NaN");  // which max() would forget
          worst.see(std::max({0.0, range.low - value, value - range.high}), "outside the values");
        }
      }
    }
  }
  return worst.verdict;
}

Verdict shift_of_scores_is_ignored(const Row& row, double bar) {
  Worst worst{bar};
  const Bench bench;
  const Tensor scores = row.score(bench.q, bench.k);
  const Tensor plain = row.normalise(scores, bench.visible);
  worst.see(distance(row.normalise(scores + 1e4, bench.visible), plain), "scores + 1e4");
  worst.see(distance(row.normalise(scores - 1e4, bench.visible), plain), "scores - 1e4");
  worst.demand(finite(row.normalise(scores * 1e4, bench.visible)), "scores * 1e4 are not finite");
  // In the layer: the same vector added to every key adds q . b to all scores of a row.
  const Subject subject(row, small_config());
  const Tensor x = sample({2, 5, 6}, 22);
  const Tensor before = subject(x);
  for (const Parameter& parameter : subject.mixer().parameters()) {
    const bool packed = parameter.name == "in_proj_bias";
    if (!packed && parameter.name != "key.bias") continue;
    std::vector<Real> moved(parameter.value.values().begin(), parameter.value.values().end());
    for (std::size_t c = packed ? 6 : 0; c < (packed ? 12u : 6u); ++c) moved[c] += Real(1e3);
    parameter.value.assign(moved);
    worst.see(distance(subject(x), before), "in the layer, keys + 1e3");
  }
  return worst.verdict;
}

Verdict temperature_has_its_limits(const Row& row, double bar) {
  Worst worst{bar};
  const Bench bench;
  const Tensor scores = row.score(bench.q, bench.k);
  const Mask visible = bench.visible;
  const auto output = [&](const Tensor& weights) {
    return attention::combine(expand(weights, scores.shape()), bench.v);
  };
  const Tensor hot = output(row.normalise(scores * 1e-9, visible));
  worst.see(distance(hot, output(mean_weights(visible, scores.shape()))), "hot: not the mean");
  const Tensor cold = output(row.normalise(scores * 1e9, visible));
  worst.see(distance(cold, output(best_weights(scores, visible))), "cold: not the best value");
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
