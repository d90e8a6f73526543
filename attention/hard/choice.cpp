#include "attention/hard/choice.h"

#include <fmt/format.h>

#include "attention/normalizers.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// Gathers what a choice consists of. `pick` gets one row of weights and returns the key.
template <class Pick>
Choice choose(const Tensor& scores, const Mask& visible, Pick&& pick) {
  const Tensor weights = softmax_over(scores, visible);
  const Index keys = scores.dim(-1);
  const Shape rows = scores.shape().erased(scores.rank() - 1);  // (..., T)
  std::vector<std::int32_t> chosen;
  std::vector<Real> one_hot(static_cast<std::size_t>(scores.size()), Real(0));
  std::vector<std::int32_t> places;  // the chosen key; 0 stands in where there is none
  std::vector<std::uint8_t> sees;
  for (Index row = 0; row < rows.size(); ++row) {
    const std::int32_t key = pick(weights.values().subspan(static_cast<std::size_t>(row * keys),
                                                           static_cast<std::size_t>(keys)));
    chosen.push_back(key);
    places.push_back(key < 0 ? 0 : key);
    sees.push_back(key >= 0);
    if (key >= 0) one_hot[static_cast<std::size_t>(row * keys + key)] = 1;
  }
  const Indices at(scores.shape().with(-1, 1), std::move(places));  // (..., T, 1)
  const Mask some(rows, std::move(sees));
  const Tensor probability =  // (..., T)
      keys == 0 ? Tensor::zeros(rows) : reshape(take_along(weights, at), rows);
  const Tensor log_probability = log(where(some, probability, 1.0));
  return {Indices(rows, std::move(chosen)), Tensor(scores.shape(), one_hot), log_probability};
}

std::int32_t best_of(std::span<const Real> weights) {
  std::int32_t best = -1;
  Real highest = 0;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (weights[j] > highest) {
      highest = weights[j];
      best = static_cast<std::int32_t>(j);
    }
  }
  return best;
}

// By the inverse of the distribution function; a weight of 0 is never drawn.
std::int32_t drawn_from(std::span<const Real> weights, double uniform) {
  std::int32_t last = -1;
  double below = 0;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (!(weights[j] > 0)) continue;
    last = static_cast<std::int32_t>(j);
    below += static_cast<double>(weights[j]);
    if (uniform < below) return last;
  }
  return last;
}

void require_shape(const char* op, const char* what, const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return;
  throw ShapeError(
      fmt::format("[{}] {} must have shape {}: got {}", op, what, shape.str(), x.shape().str()));
}

}  // namespace

Choice draw(const Tensor& scores, const Mask& visible, Generator& rng) {
  return choose(scores, visible, [&rng](std::span<const Real> weights) {
    return drawn_from(weights, rng.uniform());
  });
}

Choice strongest(const Tensor& scores, const Mask& visible) {
  return choose(scores, visible, best_of);
}

Tensor reinforce(const Tensor& log_probability, const Tensor& reward, double baseline) {
  require_shape("reinforce", "rewards", reward, log_probability.shape());
  return -mean((reward.detach() - baseline) * log_probability);
}

Tensor reinforce(const Tensor& log_probability, const Tensor& reward, const Tensor& baseline) {
  require_shape("reinforce", "baselines", baseline, log_probability.shape());
  return reinforce(log_probability, reward.detach() - baseline.detach());
}

Tensor expected_reward(const Tensor& scores, const Mask& visible, const Tensor& rewards) {
  require_shape("expected_reward", "rewards", rewards, scores.shape());
  return sum(softmax_over(scores, visible) * rewards, {-1});  // (..., T, S) -> (..., T)
}

Tensor squared_slope(const Tensor& probabilities, const Tensor& log_probability) {
  const NoGrad no_grad;
  const Shape rows = probabilities.shape().erased(probabilities.rank() - 1);  // (..., T)
  require_shape("squared_slope", "log_probability", log_probability, rows);
  const Tensor some = sum(probabilities, {-1});  // 1, or 0 where there is no key
  return some * (1 - 2 * exp(log_probability) + sum(square(probabilities), {-1}));
}

void RunningBaseline::update(const Tensor& reward) {
  double total = 0;
  for (const Real value : reward.values()) total += static_cast<double>(value);
  if (reward.size() == 0) return;
  sum_ = decay_ * sum_ + (1 - decay_) * total / static_cast<double>(reward.size());
  weight_ = decay_ * weight_ + (1 - decay_);
}

void OptimalBaseline::update(const Tensor& reward, const Tensor& squared_slope) {
  require_shape("OptimalBaseline", "squared slopes", squared_slope, reward.shape());
  paid_.update(reward.detach() * squared_slope.detach());
  slopes_.update(squared_slope);
}

}  // namespace heed::inline HEED_REAL::attention
