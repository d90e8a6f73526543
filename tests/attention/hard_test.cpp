// Hard attention: the draw, the estimate against enumeration, the baseline.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/core.h"
#include "attention/hard/choice.h"
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
