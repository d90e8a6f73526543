// Self-attentive pooling: its penalty, the order of its hops, its limit case.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/masks.h"
#include "attention/pooling/attention_pooling.h"
#include "attention/pooling/self_attentive.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-13;

std::unique_ptr<SelfAttentive> pooling_with(Index hops, double penalty = 1) {
  Generator rng(7);
  auto pooling = std::make_unique<SelfAttentive>(
      SelfAttentiveOptions{.width = 6, .hidden = 5, .hops = hops, .penalty = penalty}, rng);
  for (const Parameter& own : pooling->parameters()) {
    own.value.assign(rng.normal(own.value.shape(), 0, 0.8));
  }
  return pooling;
}

double value_of(const Tensor& scalar) { return static_cast<double>(scalar.item()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(self_attentive)

BOOST_AUTO_TEST_CASE(one_hop_is_attention_pooling) {
  const auto hop = pooling_with(1);
  Generator rng(1);
  const AttentionPooling plain({.width = 6, .hidden = 5}, rng);
  parameter_of(plain, "hidden.weight").assign(parameter_of(*hop, "hidden.weight"));
  parameter_of(plain, "query").assign(reshape(parameter_of(*hop, "hops.weight"), {5}));
  const Tensor bias = parameter_of(plain, "hidden.bias"), h = sample({3, 4, 6}, 1);
  bias.assign(Tensor::ones(bias.shape()));
  BOOST_TEST(distance(select(hop->pool(h).z, 1, 0), plain.pool(h).z) > 1e-3);
  bias.assign(Tensor::zeros(bias.shape()));
  BOOST_TEST(distance(select(hop->pool(h).z, 1, 0), plain.pool(h).z) < tiny);
}

// By hand: two hops on tokens of their own cost nothing; two on the same one each cost a half of
// 2; a uniform row of n tokens has |a|^2 = 1 / n.
BOOST_AUTO_TEST_CASE(the_penalty_is_none_only_for_tokens_of_ones_own) {
  BOOST_TEST(value_of(redundancy_penalty(Tensor({2, 3}, {1, 0, 0, 0, 0, 1}))) == 0.0);
  BOOST_TEST(value_of(redundancy_penalty(Tensor({2, 3}, {0, 1, 0, 0, 1, 0}))) == 2.0);
  BOOST_TEST(value_of(redundancy_penalty(Tensor({1, 4}, {0.25, 0.25, 0.25, 0.25}))) ==
             0.75 * 0.75);
  BOOST_TEST(redundancy_penalty(sample({2, 3, 4}, 1)).shape() == (Shape{2}));
  BOOST_CHECK_EXCEPTION(redundancy_penalty(sample({3}, 1)), ShapeError,
                        [](const ShapeError& error) {
                          return std::string(error.what()) ==
                                 "[redundancy_penalty] weights must be (..., K, N): got (3)";
                        });
  gradcheck("redundancy_penalty",
            [](const std::vector<Tensor>& x) { return redundancy_penalty(x[0]); },
            {sample({2, 3, 4}, 2)});
}

BOOST_AUTO_TEST_CASE(the_penalty_is_the_auxiliary_loss) {
  const auto pooling = pooling_with(3, 0.5);
  const Tensor h = sample({2, 5, 6}, 3);
  const Tensor expected = mean(redundancy_penalty(pooling->pool(h).weights)) * 0.5;
  const Mixed mixed = pooling->mix({.x = h});
  BOOST_TEST(distance(mixed.auxiliary, expected) < tiny);
  BOOST_TEST(distance(mixed.y, pooling->pool(h).z) == 0.0);
  BOOST_TEST(value_of(pooling_with(3, 0)->mix({.x = h}).auxiliary) == 0.0);
}

// What it is for: hops that start alike part under it.
BOOST_AUTO_TEST_CASE(hops_part_under_the_penalty) {
  const auto pooling = pooling_with(2);
  const Tensor hops = parameter_of(*pooling, "hops.weight"), h = sample({1, 6, 6}, 4);
  const Tensor one = slice(hops, 0, 0, 1);
  hops.assign(concat({one, one + sample(one.shape(), 5) * 1e-2}, 0));
  const auto likeness = [&] {
    const Tensor w = pooling->pool(h).weights;  // (1, 2, 6)
    return value_of(sum(select(w, 1, 0) * select(w, 1, 1)));
  };
  const double before = likeness();
  for (int step = 0; step < 200; ++step) {
    const Tensor loss = pooling->mix({.x = h}).auxiliary;
    hops.assign((hops - grad({loss}, {hops})[0]).detach());
  }
  BOOST_TEST(before > 0.2);
  BOOST_TEST(likeness() < 0.05);
}

BOOST_AUTO_TEST_CASE(hops_can_be_exchanged_and_tokens_too) {
  const auto pooling = pooling_with(3);
  const Tensor h = sample({2, 5, 6}, 6), z = pooling->pool(h).z;
  BOOST_TEST(distance(pooling->pool(permuted(h, {3, 0, 4, 2, 1})).z, z) < tiny);
  const Tensor hops = parameter_of(*pooling, "hops.weight");
  hops.assign(index_select(hops, Indices({2, 0, 1})).detach());
  BOOST_TEST(distance(pooling->pool(h).z, permuted(z, {2, 0, 1})) < tiny);
  BOOST_TEST(distance(pooling->pool(h).z, z) > 0.01);
}

BOOST_AUTO_TEST_CASE(absent_tokens_do_nothing_to_a_hop) {
  const auto pooling = pooling_with(3);
  const Tensor h = sample({2, 5, 6}, 7), more = concat({h, sample({2, 2, 6}, 8)}, 1);
  const Mask real = padding({5, 5}, 7);
  const Mixed alone = pooling->mix({.x = h}), inside = pooling->mix({.x = more, .mask = real});
  BOOST_TEST(distance(alone.y, inside.y) < tiny);
  BOOST_TEST(distance(alone.auxiliary, inside.auxiliary) < tiny);
}

BOOST_AUTO_TEST_CASE(no_hop_and_a_negative_penalty_are_refused) {
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(SelfAttentive({.width = 4, .hops = 0}, rng), ValueError,
                        [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[self-attentive] there must be a hop, and the penalty must not "
                                 "be negative: got 0, 1";
                        });
  BOOST_CHECK_THROW(SelfAttentive({.width = 4, .penalty = -1}, rng), ValueError);
  BOOST_CHECK_THROW(SelfAttentive({.width = 4, .penalty = std::nan("")}, rng), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
