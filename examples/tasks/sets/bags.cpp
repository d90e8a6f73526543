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
#include "nn/losses.h"

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
    const std::vector<Real> labels(batch_.labels.values().begin(), batch_.labels.values().end());
    const Tensor own =
        nn::binary_cross_entropy_with_logits(answer.y, Tensor(answer.y.shape(), labels));
    return study::plus(own, answer.auxiliary);
  }

  double score() const override {
    const Tensor logits = classify().y;
    return area_under_curve({logits.values().begin(), logits.values().end()},
                            {batch_.labels.values().begin(), batch_.labels.values().end()});
  }

  // Over the positive bags, the mean weight on the 9, of the look that has most of it; and what is
  // left with a trained gate fixed at a half.
  study::Details details() const override {
    study::Details found;
    const attention::MapRecorder recorder;
    classify();
    if (!recorder.maps().empty()) found["mass on the key"] = mass(recorder.maps().back().weights);
    const double fixed = with_gates_at_a_half();
    if (std::isfinite(fixed)) found["gate at a half"] = fixed;
    return found;
  }

  // One row a bag; the columns are its digits in order.
  std::vector<study::DrawnMap> look() const override {
    const Index examples = std::min<Index>(8, batch_.labels.size());
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
  // weights (B, H, K, 16)
  double mass(const Tensor& weights) const {
    const Index looks = weights.dim(1) * weights.dim(2);
    double most = 0;
    for (Index k = 0; k < looks; ++k) {
      double mass = 0, bags = 0;
      for (Index b = 0; b < batch_.labels.size(); ++b) {
        if (batch_.key[b] < 0) continue;
        mass += static_cast<double>(
            weights.data()[(b * looks + k) * largest_bag + batch_.key[b]]);
        bags += 1;
      }
      most = std::max(most, mass / bags);
    }
    return most;
  }

  // The score with weights and bias of the mechanism's gate at 0; no number without a gate.
  double with_gates_at_a_half() const {
    std::vector<std::pair<Tensor, Tensor>> kept;
    for (const Parameter& own : pooling_.parameters()) {
      if (own.name.find("gate.") == std::string::npos) continue;
      kept.emplace_back(own.value, Tensor(own.value.shape(), own.value.values()));
      own.value.assign(Tensor::zeros(own.value.shape()));
    }
    if (kept.empty()) return study::absent;
    const double fixed = score();
    for (const auto& [parameter, before] : kept) parameter.assign(before);
    return fixed;
  }

  // The logit of "there is a 9", (B), and what the mechanism said besides.
  attention::Mixed classify() const {
    const Tensor h = relu(second_(relu(first_(batch_.instances))));  // (B, 16, 64) -> (B, 16, C)
    attention::Mixed pooled =
        pooling_.mix({.x = h, .mask = attention::padding(batch_.sizes, largest_bag)});  // (B, K, C)
    pooled.y = reshape(answer_(mean(pooled.y, {1})), {-1});
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
          .runs = {{.mechanism = "pooling"},
                   {.mechanism = "gated",
                    .why = "Indistinguishable from pooling, also with the trained gate fixed at a "
                           "half: nothing here needs it."},
                   {.mechanism = "pma"},
                   {.mechanism = "self-attentive",
                    .why = "Two looks where one is enough: indistinguishable, and the penalty "
                           "takes weight off the key.",
                    .options = {{"hops", 2}, {"penalty", 0.1}}}},
          .make = study::make_study<BagStudy>};
}

}  // namespace heed::tasks
