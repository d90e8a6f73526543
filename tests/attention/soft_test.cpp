// Soft attention: what hard attention is in the mean, and the doubly stochastic penalty.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/core.h"
#include "attention/dense/doubly_stochastic.h"
#include "attention/hard/choice.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

}  // namespace

BOOST_AUTO_TEST_SUITE(soft)

// Every choice that the draw can make, weighted by the probability that the draw itself reports.
BOOST_AUTO_TEST_CASE(expectation_of_hard_is_soft) {
  const Tensor q = sample({1, 4}, 1), k = sample({6, 4}, 2), v = sample({6, 3}, 3);
  const Mask visible = padding({5}, 6).reshape({1, 6});
  const Attended soft = attend(q, k, v, visible, scaled_dot, softmax_over);
  Tensor expectation = Tensor::zeros({1, 3});
  std::vector<bool> seen(6, false);
  Generator rng(4);
  for (int attempt = 0; attempt < 2000; ++attempt) {
    const Choice choice = draw(scaled_dot(q, k), visible, rng);
    const auto key = static_cast<std::size_t>(choice.chosen[0]);
    if (seen[key]) continue;
    seen[key] = true;
    expectation = expectation + exp(choice.log_probability) * combine(choice.weights, v);
  }
  BOOST_TEST((seen == std::vector<bool>{true, true, true, true, true, false}));
  BOOST_TEST(distance(expectation, soft.y) < 1e-14);
}

BOOST_AUTO_TEST_CASE(permutation_matrix_is_doubly_stochastic) {
  const Tensor order = one_hot(Indices({2, 4}, {2, 0, 3, 1, 1, 2, 0, 3}), 4);  // (2, 4, 4)
  BOOST_TEST(largest(doubly_stochastic_penalty(order)) == 0.0);
  const Tensor twice = one_hot(Indices({1, 4}, {2, 0, 2, 1}), 4);  // key 2 twice, key 3 never
  BOOST_TEST(doubly_stochastic_penalty(twice).item() == 2);
}

BOOST_AUTO_TEST_CASE(penalty_has_a_floor_when_lengths_differ) {
  const double floor = (5.0 - 3.0) * (5.0 - 3.0) / 3.0;
  const Tensor even = Tensor::full({5, 3}, static_cast<Real>(1.0 / 3.0));
  BOOST_TEST(std::abs(static_cast<double>(doubly_stochastic_penalty(even).item()) - floor) < 1e-12);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Tensor other = softmax(sample({5, 3}, 100 + seed));
    BOOST_TEST(static_cast<double>(doubly_stochastic_penalty(other).item()) > floor);
  }
}

BOOST_AUTO_TEST_CASE(padding_does_not_want_to_be_read) {
  const Mask visible = padding({4, 6}, 6).reshape({2, 1, 6});
  const Tensor scores = sample({2, 5, 6}, 5);
  const Tensor weights = softmax_over(scores, visible);  // (2, 5, 6)
  const Tensor penalty = doubly_stochastic_penalty(weights, visible.reshape({2, 6}));
  const Tensor alone = softmax(slice(select(scores, 0, 0), 1, 0, 4));
  BOOST_TEST(distance(select(penalty, 0, 0), doubly_stochastic_penalty(alone)) < 1e-12);
  BOOST_TEST(distance(select(doubly_stochastic_penalty(weights) - penalty, 0, 0),
                      Tensor::scalar(2)) < 1e-12);
}

// Following the penalty downhill from random scores ends at columns that sum to 1.
BOOST_AUTO_TEST_CASE(gradient_leads_to_equal_columns) {
  Tensor scores(Shape{4, 4}, (sample({4, 4}, 6) * 2).values());
  scores.require_grad();
  const auto penalty = [&] { return doubly_stochastic_penalty(softmax_over(scores, {})); };
  BOOST_TEST(penalty().item() > 0.1);
  for (int step = 0; step < 300; ++step) {
    const Tensor g = grad({penalty()}, {scores})[0];
    scores.assign((scores.detach() - g).detach());
  }
  BOOST_TEST(penalty().item() < 1e-6);
}

BOOST_AUTO_TEST_CASE(weights_of_one_axis_are_refused) {
  BOOST_CHECK_THROW(doubly_stochastic_penalty(sample({4}, 7)), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
