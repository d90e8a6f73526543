// Gumbel-softmax and straight-through: what they draw, which gradient they give, and how wrong it
// is.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <utility>

#include "attention/hard/choice.h"
#include "attention/hard/gumbel.h"
#include "attention/masks.h"
#include "attention/normalizers.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

// The same row of scores, `draws` times.
Tensor repeated(const Tensor& scores, Index draws) {
  return expand(reshape(scores, {1, scores.size()}), {draws, scores.size()}).detach();
}

// Against p, of weights (draws, n) that are 1 at one place each; 5 degrees of freedom for n = 6.
double chi_square(const Tensor& weights, const Tensor& p) {
  const Tensor counts = sum(weights, {0}), expected = p * static_cast<double>(weights.dim(0));
  return static_cast<double>(sum(square(counts - expected) / expected).item());
}
constexpr double chi_square_bar = 20.5;  // passed once in 1,000 runs

Tensor leaf_of(const Tensor& values) {
  Tensor leaf(values.shape(), values.values());
  leaf.require_grad();
  return leaf;
}

using Reward = std::function<Tensor(const Tensor& weights)>;  // (1, n) -> scalar

// d E[R(one-hot)] / d scores by enumeration.
Tensor exact_slope(const Tensor& scores, const Reward& reward) {
  const Tensor leaf = leaf_of(scores);
  const Index n = scores.dim(-1);
  std::vector<Tensor> rewards;
  for (std::int32_t s = 0; s < n; ++s) rewards.push_back(reward(one_hot(Indices({1}, {s}), n)));
  return grad({sum(softmax(leaf) * reshape(stack(rewards, 0).detach(), {1, n}))}, {leaf})[0];
}

// What straight-through gives in the mean over all draws from the softmax.
Tensor straight_through_slope(const Tensor& scores, const Reward& reward) {
  const Tensor p = softmax(scores);
  const Index n = scores.dim(-1);
  Tensor mean_slope = Tensor::zeros(scores.shape());
  for (std::int32_t s = 0; s < n; ++s) {
    const Tensor leaf = leaf_of(scores);
    const Tensor weights = straight_through(softmax(leaf), one_hot(Indices({1}, {s}), n));
    mean_slope = mean_slope + grad({reward(weights)}, {leaf})[0] * p.data()[s];
  }
  return mean_slope.detach();
}

double length(const Tensor& x) { return static_cast<double>(heed::norm(x).item()); }

std::unique_ptr<Gumbel> layer_with(bool with_straight_through, double tau = 1) {
  Generator rng(7);
  return std::make_unique<Gumbel>(
      GumbelOptions{.width = 6, .heads = 2, .tau = tau, .straight_through = with_straight_through},
      rng);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gumbel)

BOOST_AUTO_TEST_CASE(gumbel_when_cold_draws_from_the_softmax) {
  const Tensor scores = sample({6}, 1), p = softmax(scores);
  Generator rng(2);
  const Tensor cold = gumbel_softmax(repeated(scores, 50000), {}, 1e-4, rng);
  BOOST_TEST(static_cast<double>(mean(max(cold, -1)).item()) > 0.999);
  BOOST_TEST(chi_square(cold, p) < chi_square_bar);
  const Tensor warm = gumbel_softmax(repeated(scores, 50000), {}, 2, rng);
  BOOST_TEST(chi_square(warm, p) > 100);
  const Tensor hot = gumbel_softmax(repeated(scores, 100), {}, 1e9, rng);
  BOOST_TEST(distance(hot, Tensor::full(hot.shape(), static_cast<Real>(1.0 / 6))) < 1e-6);
}

BOOST_AUTO_TEST_CASE(largest_noisy_score_is_a_draw_from_the_softmax) {
  const Tensor scores = sample({6}, 3);
  Generator rng(4);
  const Tensor noisy = with_gumbel_noise(repeated(scores, 50000), rng);
  BOOST_TEST(chi_square(one_hot(argmax(noisy, -1), 6), softmax(scores)) < chi_square_bar);
  BOOST_TEST(chi_square(one_hot(argmax(noisy, -1), 6), softmax(scores * 1.1)) > chi_square_bar);
}

BOOST_AUTO_TEST_CASE(hidden_keys_get_nothing) {
  Generator rng(5);
  const Tensor scores = repeated(sample({6}, 6), 200);
  const Tensor some = gumbel_softmax(scores, padding({3}, 6).reshape({1, 6}), 0.5, rng);
  BOOST_TEST(largest(slice(some, 1, 3, 6)) == 0.0);
  const Tensor none = gumbel_softmax(scores, padding({0}, 6).reshape({1, 6}), 0.5, rng);
  BOOST_TEST(largest(none) == 0.0);
  const auto layer = layer_with(true);
  layer->seed_draws(1, 0);
  const Tensor x = sample({2, 5, 6}, 7);
  BOOST_TEST(largest(layer->mix({.x = x, .mask = padding({0, 0}, 5)}).y) == 0.0);
}

BOOST_AUTO_TEST_CASE(straight_through_is_one_hot_forward_and_softmax_backward) {
  const Tensor scores = sample({1, 6}, 8);
  Generator rng(9);
  for (int attempt = 0; attempt < 50; ++attempt) {
    const Choice choice = draw(scores, {}, rng);
    for (Index j = 0; j < 6; ++j) {
      const Tensor hard_leaf = leaf_of(scores), soft_leaf = leaf_of(scores);
      const Tensor weights = straight_through(softmax_over(hard_leaf, {}), choice.weights);
      BOOST_REQUIRE(bitwise_equal(weights, choice.weights));
      const Tensor g = grad({select(weights, 1, j)}, {hard_leaf})[0];
      const Tensor expected = grad({select(softmax(soft_leaf), 1, j)}, {soft_leaf})[0];
      BOOST_REQUIRE(distance(g, expected) < 1e-15);
      BOOST_REQUIRE(largest(g) > 0.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(straight_through_is_right_for_linear_rewards) {
  const Tensor scores = sample({1, 5}, 10), values = sample({1, 5}, 11);
  const Reward linear_reward = [&](const Tensor& weights) { return sum(weights * values); };
  BOOST_TEST(distance(straight_through_slope(scores, linear_reward),
                      exact_slope(scores, linear_reward)) < tiny);
}

// The reward that a network after the choice amounts to: a square of what was read.
BOOST_AUTO_TEST_CASE(straight_through_is_biased) {
  double total = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Tensor scores = sample({1, 5}, 100 + seed), values = sample({5, 3}, 200 + seed);
    const Tensor target = sample({1, 3}, 300 + seed);
    const Reward squares = [&](const Tensor& weights) {
      return -sum(square(matmul(weights, values) - target));
    };
    const Tensor exact = exact_slope(scores, squares);
    total += length(straight_through_slope(scores, squares) - exact) / length(exact);
  }
  BOOST_TEST_MESSAGE("bias of straight-through for a squared error: "
                     << total << " % of the gradient, in the mean over 100 problems");
  BOOST_TEST(total > 10);
}

// The slope of the relaxed reward, in the mean over draws, comes nearer as tau falls, and its
// spread grows.
BOOST_AUTO_TEST_CASE(colder_relaxation_has_less_bias_and_more_variance) {
  const Tensor scores = sample({1, 5}, 12);
  const Tensor values = sample({5, 3}, 13), target = sample({1, 3}, 14);
  const auto squares = [&](const Tensor& weights) {  // (draws, 5) -> (draws)
    return -sum(square(matmul(weights, values) - target), {-1});
  };
  const Tensor exact =
      exact_slope(scores, [&](const Tensor& weights) { return sum(squares(weights)); });
  const Index draws = 20000;
  const auto measured = [&](double tau) {
    const Tensor leaf = leaf_of(repeated(scores, draws));
    Generator rng(15);
    const Tensor slopes =
        grad({sum(squares(gumbel_softmax(leaf, {}, tau, rng)))}, {leaf})[0];  // (draws, 5)
    const Tensor average = mean(slopes, {0}, true);
    const double variance = static_cast<double>(sum(mean(square(slopes - average), {0})).item());
    BOOST_TEST_MESSAGE("tau " << tau << ": bias " << length(average - exact) / length(exact)
                              << " of the gradient, variance " << variance);
    return std::pair(length(average - exact) / length(exact), variance);
  };
  const auto warm = measured(2), cool = measured(0.2);
  BOOST_TEST(cool.first < warm.first / 2);
  BOOST_TEST(cool.second > warm.second * 2);
}

BOOST_AUTO_TEST_CASE(layer_reads_one_value_or_a_mean_of_them) {
  const auto straight = layer_with(true), relaxed = layer_with(false);
  const Tensor x = sample({2, 5, 6}, 16);
  const auto weights_of = [&](Gumbel& layer) {
    layer.seed_draws(3, 0);
    MapRecorder recorder;
    layer.mix({.x = x});
    return recorder.maps().at(0).weights;  // (2, 2, 5, 5)
  };
  const Tensor hard = weights_of(*straight), soft = weights_of(*relaxed);
  BOOST_TEST(bitwise_equal(hard, one_hot(argmax(soft, -1), 5)));
  BOOST_TEST(static_cast<double>(mean(max(soft, -1)).item()) < 0.99);
  const auto query_slope = [&](Gumbel& layer) {
    layer.seed_draws(3, 0);
    const Tensor y = layer.mix({.x = x}).y;
    return largest(grad({sum(square(y))}, {parameter_of(layer, "query.weight")})[0]);
  };
  BOOST_TEST(query_slope(*straight) > 1e-3);
  BOOST_TEST(query_slope(*relaxed) > 1e-3);
  straight->eval();
  relaxed->eval();
  BOOST_TEST(bitwise_equal(straight->mix({.x = x}).y, relaxed->mix({.x = x}).y));
}

BOOST_AUTO_TEST_CASE(layer_draws_by_seed_and_step) {
  const auto layer = layer_with(true);
  const Tensor x = sample({2, 9, 6}, 17);
  const auto at = [&](std::uint64_t seed, std::uint64_t step) {
    layer->seed_draws(seed, step);
    return layer->mix({.x = x}).y;
  };
  BOOST_TEST(bitwise_equal(at(1, 1), at(1, 1)));
  BOOST_TEST(!bitwise_equal(at(1, 1), at(1, 2)));
  BOOST_TEST(!bitwise_equal(at(1, 1), at(2, 1)));
}

BOOST_AUTO_TEST_CASE(wrong_options_are_refused) {
  BOOST_CHECK_EXCEPTION(layer_with(true, 0), ValueError, [](const ValueError& error) {
    return std::string(error.what()) == "[gumbel] tau must be positive: 0";
  });
  Generator rng(1);
  BOOST_CHECK_THROW(gumbel_softmax(sample({2, 3}, 1), {}, -1, rng), ValueError);
  BOOST_CHECK_THROW(Gumbel({.width = 6, .heads = 4}, rng), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
