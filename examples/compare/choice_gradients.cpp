#include "examples/compare/choice_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "attention/hard/choice.h"
#include "attention/hard/gumbel.h"
#include "attention/normalizers.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "nn/linear.h"
#include "nn/losses.h"
#include "optim/adamw.h"

namespace heed::compare {
namespace {

constexpr Index keys = 5, features = 3, targets = 64;
constexpr Index rows = 20 * targets;  // of a batch: every target twenty times
constexpr int settling = 50, measured = 200;

using Slopes = std::array<double, keys>;

struct Problem {
  Tensor scores;   // (5)
  Tensor values;   // (5, 3)
  Tensor goals;    // (rows, 3)
  Tensor rewards;  // (rows, 5): of each choice

  // weights (rows, 1, 5) -> what they bring, (rows, 1).
  Tensor reward_of(const Tensor& weights) const {
    const Tensor read = matmul(weights, values);  // (rows, 1, 3)
    return -sum(square(read - reshape(goals, read.shape())), {-1});
  }
};

Problem some_problem() {
  Generator rng(400);
  Problem problem{rng.normal({keys}), rng.normal({keys, features}), {}, {}};
  const Tensor goals = rng.normal({1, targets, features});
  problem.goals = reshape(expand(goals, {rows / targets, targets, features}), {rows, features});
  std::vector<Tensor> columns;
  for (std::int32_t key = 0; key < keys; ++key) {
    const Tensor choice = one_hot(Indices({1, 1, 1}, {key}), keys);
    columns.push_back(problem.reward_of(expand(reshape(choice, {1, 1, keys}), {rows, 1, keys})));
  }
  problem.rewards = reshape(concat(columns, 1), {rows, keys});
  return problem;
}

// The scores once a row, so that each draw has a gradient of its own.
Tensor leaf_of(const Tensor& scores) {
  const Tensor repeated = expand(reshape(scores, {1, 1, keys}), {rows, 1, keys});
  Tensor leaf(repeated.shape(), repeated.detach().values());
  leaf.require_grad();
  return leaf;
}

Slopes exact_slopes(const Problem& problem) {
  const Tensor leaf = leaf_of(problem.scores);
  const Tensor paid =
      attention::expected_reward(leaf, {}, reshape(problem.rewards, {rows, 1, keys}));
  const Tensor slopes = mean(grad({sum(paid)}, {leaf})[0], {0});  // (1, 5)
  Slopes exact;
  std::ranges::copy(slopes.values(), exact.begin());
  return exact;
}

double length(const Slopes& slopes) {
  double squares = 0;
  for (const double slope : slopes) squares += slope * slope;
  return std::sqrt(squares);
}

// One batch: from the scores (rows, 1, 5) something whose gradient by row r is row r's estimate.
using Estimator = std::function<Tensor(const Tensor& leaf, Generator& rng)>;

ChoiceGradient measure(const std::string& name, const Problem& problem,
                       const Estimator& estimator) {
  Slopes total{}, squares{};
  Generator rng(401);
  for (int batch = 0; batch < settling + measured; ++batch) {
    const Tensor leaf = leaf_of(problem.scores);
    const Tensor slopes = grad({estimator(leaf, rng)}, {leaf})[0];
    if (batch < settling) continue;
    for (Index i = 0; i < slopes.size(); ++i) {
      const auto slope = static_cast<double>(slopes.data()[i]);
      total[static_cast<std::size_t>(i % keys)] += slope;
      squares[static_cast<std::size_t>(i % keys)] += slope * slope;
    }
  }
  const Slopes exact = exact_slopes(problem);
  const double unit = length(exact), draws = static_cast<double>(rows) * measured;
  ChoiceGradient found{.name = name};
  Slopes off, error;
  for (std::size_t j = 0; j < keys; ++j) {
    const double mean = total[j] / draws;
    off[j] = mean - exact[j];
    error[j] = std::sqrt(std::max(0.0, squares[j] / draws - mean * mean) / draws);
    found.worst = std::max(found.worst, std::abs(off[j]) / error[j]);
    found.coarsest = std::max(found.coarsest, error[j] / unit);
  }
  found.bias = length(off) / unit;
  found.error = length(error) / unit;
  found.noise = found.error * std::sqrt(draws);
  return found;
}

// The rewards of the keys drawn, (rows, 1).
Tensor rewards_of(const Problem& problem, const attention::Choice& choice) {
  return take_along(problem.rewards, choice.chosen);
}

// reinforce() is a mean over the rows, and of a loss.
Tensor as_rewards(const Tensor& loss) { return loss * -static_cast<double>(rows); }

ChoiceGradient without_baseline(const Problem& problem) {
  return measure("REINFORCE, no baseline", problem, [&](const Tensor& leaf, Generator& rng) {
    const attention::Choice choice = attention::draw(leaf, {}, rng);
    return as_rewards(attention::reinforce(choice.log_probability, rewards_of(problem, choice)));
  });
}

ChoiceGradient with_running_baseline(const Problem& problem) {
  attention::RunningBaseline baseline;
  return measure("REINFORCE, running baseline", problem, [&](const Tensor& leaf, Generator& rng) {
    const attention::Choice choice = attention::draw(leaf, {}, rng);
    const Tensor reward = rewards_of(problem, choice);
    const Tensor loss = attention::reinforce(choice.log_probability, reward, baseline.value());
    baseline.update(reward);
    return as_rewards(loss);
  });
}

ChoiceGradient with_optimal_baseline(const Problem& problem) {
  attention::OptimalBaseline baseline;
  return measure("REINFORCE, optimal baseline", problem, [&](const Tensor& leaf, Generator& rng) {
    const attention::Choice choice = attention::draw(leaf, {}, rng);
    const Tensor reward = rewards_of(problem, choice), log_p = choice.log_probability;
    const Tensor loss = attention::reinforce(log_p, reward, baseline.value());
    const Tensor p = attention::softmax_over(leaf, {}).detach();
    baseline.update(reward, attention::squared_slope(p, log_p));
    return as_rewards(loss);
  });
}

// Linear in the target and in its squared length, as the mean reward of a target is.
ChoiceGradient with_learned_baseline(const Problem& problem) {
  Generator start(402);
  nn::Linear expected(features + 1, 1, start);
  const std::vector<Parameter> parameters = expected.parameters();
  optim::AdamW optimizer(parameters, {.lr = 0.1, .weight_decay = 0});
  const Tensor known =
      concat({problem.goals, sum(square(problem.goals), {-1}, true)}, 1);  // (rows, 4)
  return measure("REINFORCE, learned baseline", problem, [&](const Tensor& leaf, Generator& rng) {
    const attention::Choice choice = attention::draw(leaf, {}, rng);
    const Tensor reward = rewards_of(problem, choice), guess = expected(known);  // (rows, 1)
    const Tensor loss = attention::reinforce(choice.log_probability, reward, guess);
    optimizer.zero_grad();
    nn::mse(guess, reward).backward();
    optimizer.step();
    return as_rewards(loss);
  });
}

ChoiceGradient through_gumbel(const Problem& problem, double tau) {
  return measure(fmt::format("Gumbel-softmax, tau {:g}", tau), problem,
                 [&problem, tau](const Tensor& leaf, Generator& rng) {
                   return sum(
                       problem.reward_of(attention::gumbel_softmax(leaf, {}, tau, rng)));
                 });
}

ChoiceGradient straight_through(const Problem& problem) {
  return measure("straight-through", problem, [&](const Tensor& leaf, Generator& rng) {
    const Tensor soft = attention::gumbel_softmax(leaf, {}, 1, rng);
    const Tensor hard = one_hot(argmax(soft, -1), keys);
    return sum(problem.reward_of(attention::straight_through(soft, hard)));
  });
}

}  // namespace

std::vector<ChoiceGradient> choice_gradients() {
  const Problem problem = some_problem();
  return {without_baseline(problem),      with_running_baseline(problem),
          with_optimal_baseline(problem), with_learned_baseline(problem),
          through_gumbel(problem, 2),     through_gumbel(problem, 0.5),
          straight_through(problem)};
}

}  // namespace heed::compare
