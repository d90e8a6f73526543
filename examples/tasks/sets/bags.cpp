// Bags of digits: is there a 9 in it? Only the bag has a label. A small network on every digit, a
// mechanism that pools the bag into one vector, and one number out; the weights show which digit
// decided. Ilse, Tomczak, Welling 2018, arXiv 1802.04712, section 4.2, on the 8x8 digits.
#include "examples/tasks/sets/bags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attention/maps.h"
#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/linear.h"

namespace heed::tasks {
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

namespace {

// -log p(label) for a logit z: log(1 + e^z) - label z.
Tensor binary_cross_entropy(const Tensor& logits, const Indices& labels) {
  const std::vector<Real> targets(labels.values().begin(), labels.values().end());
  return mean(softplus(logits) - logits * Tensor(logits.shape(), targets));
}

class BagStudy : public study::Study {
 public:
  BagStudy(const study::Setup& setup, Generator& rng)
      : digits_(data::load_digits(setup.data_dir)),
        first_(child<nn::Linear>("first", data::Digits::pixels, 2 * setup.settings.width, rng)),
        second_(child<nn::Linear>("second", 2 * setup.settings.width, setup.settings.width, rng)),
        pooling_(adopt("pooling", setup.mechanism(largest_bag, rng))),
        answer_(child<nn::Linear>("answer", setup.settings.width, 1, rng)) {}

  void draw(Index count, study::Split split, Generator& rng) override {
    batch_ = draw_bags(count, split == study::Split::test ? digits_.test : digits_.train, rng);
  }
  study::Samples samples() const override { return batch_.instances; }

  Tensor loss() override {
    const attention::Mixed answer = classify();
    return study::plus(binary_cross_entropy(answer.y, batch_.labels), answer.auxiliary);
  }

  double score() const override {
    const Tensor logits = classify().y;
    return area_under_curve({logits.values().begin(), logits.values().end()},
                            {batch_.labels.values().begin(), batch_.labels.values().end()});
  }

  // Over the positive bags, the mean weight on the 9.
  study::Details details() const override {
    const attention::MapRecorder recorder;
    classify();
    if (recorder.maps().empty()) return {};
    const Tensor& weights = recorder.maps().back().weights;  // (B, H, K, 16)
    const Index each = weights.size() / weights.dim(0);
    double mass = 0, bags = 0;
    for (Index b = 0; b < batch_.labels.size(); ++b) {
      if (batch_.key[b] < 0) continue;
      mass += static_cast<double>(weights.data()[b * each + batch_.key[b]]);
      bags += 1;
    }
    return {{"mass on the key", mass / bags}};
  }

  // One row a bag; the columns are its digits in order.
  std::vector<study::DrawnMap> look() const override {
    constexpr Index examples = 8;
    std::vector<std::string> rows, columns;
    for (Index b = 0; b < examples; ++b) {
      const Index key = batch_.key[b];
      rows.push_back(key < 0 ? "no 9" : fmt::format("9 is digit {}", key + 1));
    }
    for (Index i = 0; i < largest_bag; ++i) columns.push_back(fmt::format("{}", i + 1));
    const attention::MapRecorder recorder;
    classify();
    if (recorder.maps().empty()) return {};
    return {study::drawn_rows("weights over the digits of eight bags", recorder.maps().back(), rows,
                              columns)};
  }

 private:
  // The logit of "there is a 9", (B), and what the mechanism said besides.
  attention::Mixed classify() const {
    const Tensor h = relu(second_(relu(first_(batch_.instances))));  // (B, 16, 64) -> (B, 16, C)
    attention::Mixed pooled =
        pooling_.mix({.x = h, .mask = attention::padding(batch_.sizes, largest_bag)});  // (B, K, C)
    pooled.y = reshape(answer_(select(pooled.y, 1, 0)), {-1});
    return pooled;
  }

  data::DigitsSplit digits_;
  BagBatch batch_;
  nn::Linear& first_;
  nn::Linear& second_;
  attention::Mixer& pooling_;
  nn::Linear& answer_;
};

}  // namespace

study::Task bags() {
  return {.name = "bags",
          .title = "is there a 9 in a bag of about ten digits",
          .what = "Only the bag has a label: one 9 among about ten digits, or none. The weights "
                  "show which digit decided.",
          .metric = "AUC",
          .settings = {.steps = 1000, .lr = 1e-3, .weight_decay = 1e-3, .validation_samples = 256,
                       .test_samples = 2048},
          .chance = 0.5,
          .floor = 0.5,
          .level = 0.93,
          .seconds = 0.6,
          .needs = study::Needs{.padding = true, .pools = true},
          .check_data = [](const std::string& folder) { data::load_digits(folder); },
          .runs = {{.mechanism = "pooling"}, {.mechanism = "pma"}},
          .make = study::make_study<BagStudy>};
}

}  // namespace heed::tasks
