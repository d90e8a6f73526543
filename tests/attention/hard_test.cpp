// Hard attention: the draw, the estimate against enumeration, the baseline.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/core.h"
#include "attention/hard/choice.h"
#include "attention/hard/hard.h"
#include "attention/maps.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/hard_checks.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

// The same row of scores, `draws` times.
Tensor repeated(const Tensor& scores, Index draws) {
  return expand(reshape(scores, {1, scores.size()}), {draws, scores.size()}).detach();
}

double norm(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return std::sqrt(squares);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hard)

BOOST_AUTO_TEST_CASE(estimate_is_unbiased) {
  const Verdict verdict = hard_estimate_is_unbiased();
  BOOST_TEST(verdict.holds, verdict.note << ", off by " << verdict.measured << " standard errors");
}

BOOST_AUTO_TEST_CASE(baseline_makes_the_estimate_quieter) {
  // Rewards far from 0: without a baseline their common part is nothing but noise.
  const Tensor scores = sample({5}, 82), rewards = (sample({5}, 83) * 0.5 + 3.0).detach();
  const Tensor p = softmax(scores);
  const double expectation = static_cast<double>(sum(p * rewards).item());
  const Estimate plain = estimate_gradient(scores, rewards, 0, 20000);
  const Estimate quiet = estimate_gradient(scores, rewards, expectation, 20000);
  const Tensor exact = exact_gradient(scores, rewards);
  for (std::size_t j = 0; j < 5; ++j) {
    BOOST_TEST(std::abs(quiet.mean[j] - static_cast<double>(exact.data()[j])) < 4 * quiet.error[j]);
  }
  BOOST_TEST_MESSAGE("standard error " << norm(plain.error) << " -> " << norm(quiet.error));
  BOOST_TEST(norm(quiet.error) < norm(plain.error) / 4);
}

BOOST_AUTO_TEST_CASE(constant_reward_leaves_the_exact_gradient) {
  const Tensor scores = sample({5}, 1), rewards = sample({5}, 2);
  BOOST_TEST(distance(exact_gradient(scores, rewards), exact_gradient(scores, rewards + 7)) <
             1e-12);
}

// The sum over coordinates of the variance of one draw with baseline b, by enumeration.
double enumerated_variance(const Tensor& p, const Tensor& rewards, double b) {
  double squares = 0, means = 0;
  for (Index j = 0; j < p.size(); ++j) {
    double mean = 0;
    for (Index s = 0; s < p.size(); ++s) {
      const double slope = (s == j ? 1 : 0) - static_cast<double>(p.data()[j]);
      const double g = (static_cast<double>(rewards.data()[s]) - b) * slope;
      mean += static_cast<double>(p.data()[s]) * g;
      squares += static_cast<double>(p.data()[s]) * g * g;
    }
    means += mean * mean;
  }
  return squares - means;
}

BOOST_AUTO_TEST_CASE(no_constant_is_quieter_than_the_optimal_one) {
  const Tensor scores = sample({5}, 82), rewards = (sample({5}, 83) * 2 + 3.0).detach();
  const Tensor p = softmax(scores);
  // Every key as often as its weight says, in one update.
  const Tensor log_p = reshape(log(p), {5}), each = expand(reshape(p, {1, 5}), {5, 5});
  const Tensor slopes = squared_slope(each, log_p);
  const double best = static_cast<double>((sum(p * slopes * rewards) / sum(p * slopes)).item());
  const double mean_reward = static_cast<double>(sum(p * rewards).item());
  const double least = enumerated_variance(p, rewards, best);
  for (double off = -2; off <= 2; off += 0.25) {
    BOOST_TEST(least <= enumerated_variance(p, rewards, best + off) + 1e-12);
  }
  BOOST_TEST(least < 0.99 * enumerated_variance(p, rewards, mean_reward));
  // What draws find.
  const Index draws = 40000;
  Generator rng(13);
  const Choice choice = draw(repeated(scores, draws), {}, rng);
  const Tensor received = index_select(rewards, choice.chosen);
  OptimalBaseline baseline;
  BOOST_TEST(baseline.value() == 0.0);
  baseline.update(received, squared_slope(repeated(p, draws), choice.log_probability));
  BOOST_TEST(std::abs(baseline.value() - best) < 0.05);
  BOOST_TEST(std::abs(mean_reward - best) > 0.1);
}

BOOST_AUTO_TEST_CASE(squared_slopes_are_those_of_the_gradient) {
  Tensor scores = repeated(sample({6}, 84), 20);
  scores = Tensor(scores.shape(), scores.values());
  scores.require_grad();
  Generator rng(14);
  const Mask visible = padding({5}, 6).reshape({1, 6});
  const Choice choice = draw(scores, visible, rng);
  const Tensor slopes = grad({sum(choice.log_probability)}, {scores})[0];
  const Tensor found = squared_slope(softmax_over(scores, visible), choice.log_probability);
  BOOST_TEST(distance(found, sum(square(slopes), {-1})) < 1e-13);
  const Choice none = draw(scores, padding({0}, 6).reshape({1, 6}), rng);
  BOOST_TEST(largest(squared_slope(none.weights, none.log_probability)) == 0.0);
  BOOST_CHECK_THROW(squared_slope(scores, scores), ShapeError);
}

// One that knows what comes before the draw may differ from row to row.
BOOST_AUTO_TEST_CASE(a_baseline_a_draw_is_taken_from_its_reward) {
  const Tensor log_p = sample({3, 2}, 85), reward = sample({3, 2}, 86), known = sample({3, 2}, 87);
  Tensor leaf(known.shape(), known.values());
  leaf.require_grad();
  BOOST_TEST(distance(reinforce(log_p, reward, leaf), reinforce(log_p, reward - known)) == 0.0);
  BOOST_TEST(distance(reinforce(log_p, reward, Tensor::full({3, 2}, 0.25)),
                      reinforce(log_p, reward, 0.25)) < 1e-15);
  Tensor logs(log_p.shape(), log_p.values());
  logs.require_grad();
  BOOST_TEST(largest(grad({reinforce(logs, reward, leaf)}, {leaf})[0]) == 0.0);
  BOOST_CHECK_EXCEPTION(
      reinforce(log_p, reward, sample({3}, 1)), ShapeError, [](const ShapeError& error) {
        return std::string(error.what()) ==
               "[reinforce] baselines must have shape (3, 2): got (3)";
      });
}

BOOST_AUTO_TEST_CASE(what_is_drawn_from_is_the_softmax_of_what_is_visible) {
  const Subject subject(find("hard"), small_config());
  const auto& layer = dynamic_cast<const Hard&>(subject.mixer());
  const Tensor x = sample({2, 5, width}, 88);
  const Mask visible = padding({5, 3}, 5);
  const Tensor p = layer.probabilities({.x = x, .mask = visible});
  BOOST_REQUIRE(p.shape() == (Shape{2, heads, 5, 5}));
  BOOST_TEST(distance(sum(p, {-1}), Tensor::full({2, heads, 5}, 1)) < 1e-14);
  BOOST_TEST(largest(slice(slice(p, 0, 1, 2), 3, 3, 5)) == 0.0);
  subject.mixer().train();
  subject.mixer().seed_draws(5, 0);
  const MapRecorder recorder;
  const Tensor log_p = subject.mixer().mix({.x = x, .mask = visible}).log_probability;
  const Tensor drawn = sum(p * recorder.maps().at(0).weights, {-1});
  BOOST_TEST(distance(log(drawn), log_p) < 1e-13);
}

// Whatever is drawn, nothing comes through from any other key.
BOOST_AUTO_TEST_CASE(a_glimpse_covers_one_key) {
  const Subject subject(find("hard"), small_config());
  Tensor context = sample({1, 7, width}, 89);
  context = Tensor(context.shape(), context.values());
  context.require_grad();
  subject.mixer().train();
  for (std::uint64_t step = 0; step < 20; ++step) {
    for (Index head = 0; head < heads; ++head) {
      subject.mixer().seed_draws(6, step);
      const Tensor y = subject.mixer().mix({.x = sample({1, 1, width}, 90), .context = context}).y;
      const Index size = width / heads;
      const Tensor slopes =
          grad({sum(slice(y, 2, head * size, (head + 1) * size))}, {context})[0];
      Index touched = 0;
      for (Index key = 0; key < 7; ++key) touched += largest(select(slopes, 1, key)) > 0 ? 1 : 0;
      BOOST_TEST(touched == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_baselines_are_refused) {
  Generator rng(1);
  const Mechanism& hard = find("hard");
  BOOST_CHECK_EXCEPTION(
      hard.make({.width = 4}, rng, hard.values({{"baseline", 4}})), ValueError,
      [](const ValueError& error) {
        return std::string(error.what()) ==
               "[hard] baseline must be 0 (none), 1 (running), 2 (learned) or 3 (optimal): 4";
      });
}

BOOST_AUTO_TEST_CASE(frequencies_follow_the_weights) {
  const Tensor scores = sample({6}, 3);
  const Tensor p = softmax(scores);
  const Index draws = 50000;
  Generator rng(4);
  const Choice choice = draw(repeated(scores, draws), {}, rng);
  std::vector<double> counts(6, 0.0);
  for (const std::int32_t chosen : choice.chosen.values())
    counts[static_cast<std::size_t>(chosen)] += 1;
  double chi_square = 0;
  for (std::size_t j = 0; j < 6; ++j) {
    const double expected = static_cast<double>(p.data()[j]) * static_cast<double>(draws);
    chi_square += (counts[j] - expected) * (counts[j] - expected) / expected;
  }
  BOOST_TEST(chi_square < 20.5);  // 5 degrees of freedom: passed once in 1,000 runs
}

BOOST_AUTO_TEST_CASE(hidden_keys_are_never_drawn) {
  Generator rng(5);
  const Choice choice = draw(repeated(sample({6}, 6), 2000), padding({3}, 6).reshape({1, 6}), rng);
  for (const std::int32_t chosen : choice.chosen.values()) BOOST_TEST(chosen < 3);
  const Choice none = draw(repeated(sample({6}, 6), 2), padding({0}, 6).reshape({1, 6}), rng);
  BOOST_TEST(none.chosen[0] == -1);
  BOOST_TEST(largest(none.weights) == 0.0);
  BOOST_TEST(largest(none.log_probability) == 0.0);
}

BOOST_AUTO_TEST_CASE(sharp_weights_draw_the_best) {
  const Tensor scores = (repeated(sample({6}, 7), 500) * 1e4).detach();
  Generator rng(8);
  const Choice drawn = draw(scores, {}, rng), best = strongest(scores, {});
  BOOST_TEST(distance(drawn.weights, best.weights) == 0.0);
  BOOST_TEST(best.chosen[0] == argmax(scores, 1)[0]);
}

BOOST_AUTO_TEST_CASE(hard_in_expectation_is_soft) {
  // By enumeration exactly, and by drawing within four standard errors.
  const Tensor scores = sample({5}, 9), values = sample({5}, 10);
  const Tensor row = reshape(scores, {1, 5});
  const Tensor soft = combine(softmax_over(row, {}), reshape(values, {5, 1}));
  const Tensor enumerated = expected_reward(row, {}, reshape(values, {1, 5}));
  BOOST_TEST(distance(reshape(soft, {1}), enumerated) < 1e-14);
  const Index draws = 40000;
  Generator rng(11);
  const Choice choice = draw(repeated(scores, draws), {}, rng);
  const Tensor read = matmul(choice.weights, reshape(values, {5, 1}));
  const double average = static_cast<double>(mean(read).item());
  const double error = std::sqrt(static_cast<double>(mean(square(read - mean(read))).item()) /
                                 static_cast<double>(draws));
  BOOST_TEST(std::abs(average - static_cast<double>(soft.item())) < 4 * error);
}

BOOST_AUTO_TEST_CASE(every_draw_reads_one_value) {
  const Verdict verdict = hard_reads_one_value();
  BOOST_TEST(verdict.holds, verdict.note);
}

BOOST_AUTO_TEST_CASE(draws_differ_by_step_and_repeat_by_seed) {
  const Subject subject(find("hard"), small_config());
  subject.mixer().train();
  const Tensor x = sample({4, 9, 8}, 12);
  const auto at = [&](std::uint64_t seed, std::uint64_t step) {
    subject.mixer().seed_draws(seed, step);
    return subject(x);
  };
  BOOST_TEST(bitwise_equal(at(1, 1), at(1, 1)));
  BOOST_TEST(!bitwise_equal(at(1, 1), at(1, 2)));
  BOOST_TEST(!bitwise_equal(at(1, 1), at(2, 1)));
}

BOOST_AUTO_TEST_CASE(running_baseline_follows_the_mean) {
  RunningBaseline baseline(0.9);
  BOOST_TEST(baseline.value() == 0.0);
  baseline.update(Tensor({2}, {1, 3}));
  BOOST_TEST(baseline.value() == 2.0, boost::test_tools::tolerance(1e-12));
  for (int i = 0; i < 200; ++i) baseline.update(Tensor({2}, {5, 5}));
  BOOST_TEST(baseline.value() == 5.0, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
