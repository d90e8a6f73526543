// Attention pooling: the checks of its row beyond the laws.
#include <boost/test/unit_test.hpp>
#include <limits>

#include "attention/core.h"
#include "attention/dense/additive.h"
#include "attention/normalizers.h"
#include "attention/pooling/attention_pooling.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

const Mechanism& row() { return find("pooling"); }

const AttentionPooling& pooling_of(const Subject& subject) {
  return dynamic_cast<const AttentionPooling&>(subject.mixer());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pooling)

BOOST_AUTO_TEST_CASE(pooling_with_zero_query_is_mean) {
  const Subject subject(row(), {.width = 6});
  const Tensor query = parameter_of(subject.mixer(), "query");
  const Tensor h = sample({3, 7, 6}, 1);
  BOOST_TEST(distance(pooling_of(subject).pool(h).z, mean(h, {1})) > 0.01);
  query.assign(Tensor::zeros(query.shape()));
  BOOST_TEST(distance(pooling_of(subject).pool(h).z, mean(h, {1})) < 1e-14);
}

BOOST_AUTO_TEST_CASE(pooling_with_a_loud_query_picks_the_best) {
  const Subject subject(row(), {.width = 6});
  const Tensor query = parameter_of(subject.mixer(), "query");
  const Tensor h = sample({3, 7, 6}, 2);
  const Indices best = argmax(pooling_of(subject).pool(h).weights, 1);
  query.assign((query * 1e6).detach());
  const Tensor z = pooling_of(subject).pool(h).z;
  for (Index b = 0; b < 3; ++b) {
    BOOST_TEST(distance(select(z, 0, b), select(select(h, 0, b), 0, best[b])) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(one_instance_is_itself) {
  const Subject subject(row(), {.width = 6});
  const Tensor h = sample({3, 1, 6}, 3);
  BOOST_TEST(distance(pooling_of(subject).pool(h).z, select(h, 1, 0)) == 0.0);
}

BOOST_AUTO_TEST_CASE(absent_instance_does_nothing) {
  const Subject subject(row(), {.width = 6});
  const Tensor h = sample({2, 5, 6}, 4);
  const Tensor more = concat({h, sample({2, 2, 6}, 5)}, 1);
  const Mask real = padding({5, 5}, 7).reshape({2, 7});
  const Pooled alone = pooling_of(subject).pool(h), inside = pooling_of(subject).pool(more, real);
  BOOST_TEST(distance(alone.z, inside.z) < 1e-14);
  BOOST_TEST(distance(alone.weights, slice(inside.weights, 1, 0, 5)) < 1e-14);
  BOOST_TEST(largest(slice(inside.weights, 1, 5, 7)) == 0.0);
}

BOOST_AUTO_TEST_CASE(instance_of_score_minus_infinity_does_nothing) {
  const double lowest = -std::numeric_limits<double>::infinity();
  Tensor scores(Shape{1, 4}, sample({1, 4}, 7).values());
  scores.require_grad();
  const Tensor h = sample({6, 3}, 8);
  const Tensor more = concat({scores, Tensor::full({1, 2}, static_cast<Real>(lowest))}, 1);
  const Tensor inside = combine(softmax_over(more, {}), h);
  const Tensor alone = combine(softmax_over(scores, {}), slice(h, 0, 0, 4));
  BOOST_TEST(distance(inside, alone) < 1e-14);
  const auto slope = [&](const Tensor& z) { return grad({sum(square(z))}, {scores})[0]; };
  BOOST_TEST(distance(slope(inside), slope(alone)) < 1e-14);
  BOOST_TEST(distance(alone, mean(slice(h, 0, 0, 4), {0}, true)) > 0.01);
}

// Context attention: a query that is learned and the same for every sequence. It is additive
// attention that does not listen to its queries.
BOOST_AUTO_TEST_CASE(context_attention_is_attention_pooling) {
  Generator rng(1);
  const Additive additive({.query_width = 4, .memory_width = 6, .hidden = 5}, rng);
  const AttentionPooling context({.width = 6, .hidden = 5}, rng);
  const Tensor weight = parameter_of(additive, "query.weight");
  const Tensor q = sample({2, 3, 4}, 9), h = sample({2, 7, 6}, 10);
  parameter_of(additive, "query.bias").assign(parameter_of(context, "hidden.bias"));
  parameter_of(additive, "key.weight").assign(parameter_of(context, "hidden.weight"));
  parameter_of(additive, "score").assign(parameter_of(context, "query"));
  const Mask real = padding({7, 4}, 7);
  const auto pooled = [&] { return additive.attend(q, additive.keys(h), h, real).y; };
  const Tensor z = context.pool(h, real.reshape({2, 7})).z;
  const Tensor expected = expand(unsqueeze(z, 1), {2, 3, 6});
  BOOST_TEST(distance(pooled(), expected) > 1e-3);
  weight.assign(Tensor::zeros(weight.shape()));
  BOOST_TEST(distance(pooled(), expected) < 1e-14);
}

BOOST_AUTO_TEST_CASE(mask_over_queries_is_refused) {
  const Subject subject(row(), {.width = 6});
  BOOST_CHECK_THROW(subject({.x = sample({2, 5, 6}, 6), .mask = causal().expand(5, 5)}),
                    ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
