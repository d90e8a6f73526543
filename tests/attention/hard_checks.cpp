#include "tests/attention/hard_checks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/hard/choice.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

constexpr std::array checks{
    Check{"hard: one value a draw", hard_reads_one_value},
    Check{"hard: estimate against enumeration", hard_estimate_is_unbiased},
};

}  // namespace

std::span<const Check> hard_checks() { return checks; }

Verdict hard_reads_one_value() {
  Worst worst{0};
  const Subject subject(attention::find("hard"), small_config());
  const Tensor x = sample({2, 5, width}, 81);
  Tensor value_weight, value_bias;
  for (const Parameter& parameter : subject.mixer().parameters()) {
    if (parameter.name == "value.weight") value_weight = parameter.value;
    if (parameter.name == "value.bias") value_bias = parameter.value;
  }
  // (B, H, S, D)
  const Tensor v = attention::split_heads(linear(x, value_weight, value_bias), heads);
  subject.mixer().train();
  subject.mixer().seed_draws(4, 0);
  const Tensor y = attention::split_heads(subject(x), heads);  // (B, H, T, D)
  const Index size = width / heads;
  for (Index bh = 0; bh < 2 * heads; ++bh) {
    for (Index i = 0; i < 5; ++i) {
      bool found = false;
      for (Index j = 0; j < 5; ++j) {
        const Real* drawn = y.data() + (bh * 5 + i) * size;
        found = found || std::equal(drawn, drawn + size, v.data() + (bh * 5 + j) * size);
      }
      worst.demand(found, fmt::format("y_{} is none of the values", i));
    }
  }
  return worst.verdict;
}

Estimate estimate_gradient(const Tensor& scores, const Tensor& rewards, double baseline,
                           Index draws) {
  const Index n = scores.size();
  Tensor leaf =
      expand(reshape(scores, {1, 1, n}), {draws, 1, n}).detach();  // a row of scores a draw
  leaf = Tensor(leaf.shape(), leaf.values());
  leaf.require_grad();
  Generator rng(12);
  const attention::Choice choice = attention::draw(leaf, {}, rng);
  std::vector<Real> reward;
  for (const std::int32_t chosen : choice.chosen.values()) reward.push_back(rewards.data()[chosen]);
  const Tensor received(choice.log_probability.shape(), reward);
  attention::reinforce(choice.log_probability, received, baseline).backward();
  Estimate estimate;
  for (Index j = 0; j < n; ++j) {
    double total = 0, squares = 0;
    for (Index d = 0; d < draws; ++d) {
      // The loss is a mean over draws and the negative of the reward.
      const double g = leaf.grad().defined() ? -static_cast<double>(leaf.grad().data()[d * n + j]) *
                                                   static_cast<double>(draws)
                                             : 0;
      total += g;
      squares += g * g;
    }
    const double count = static_cast<double>(draws);
    const double mean = total / count;
    estimate.mean.push_back(mean);
    estimate.error.push_back(std::sqrt(std::max(0.0, squares / count - mean * mean) / count));
  }
  return estimate;
}

Tensor exact_gradient(const Tensor& scores, const Tensor& rewards) {
  const Index n = scores.size();
  Tensor leaf(Shape{1, n}, scores.values());
  leaf.require_grad();
  return grad({sum(attention::expected_reward(leaf, {}, reshape(rewards, {1, n})))}, {leaf})[0];
}

Verdict hard_estimate_is_unbiased() {
  Worst worst{4};
  const Tensor scores = sample({5}, 82), rewards = sample({5}, 83);
  const Tensor exact = exact_gradient(scores, rewards);
  double norm = 0;
  for (const Real g : exact.values()) norm += static_cast<double>(g) * static_cast<double>(g);
  norm = std::sqrt(norm);
  const Estimate estimate = estimate_gradient(scores, rewards, 0, 40000);
  for (std::size_t j = 0; j < 5; ++j) {
    const double off = std::abs(estimate.mean[j] - static_cast<double>(exact.data()[j]));
    worst.see(off / estimate.error[j], fmt::format("score {} is off", j));
    worst.demand(estimate.error[j] <= 0.02 * norm, "too few draws to tell");
  }
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
