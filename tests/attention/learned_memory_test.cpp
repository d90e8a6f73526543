// External attention and persistent vectors: their limits and what only they promise.
#include <boost/test/unit_test.hpp>

#include "attention/dense/multi_head.h"
#include "attention/maps.h"
#include "attention/memory/external.h"
#include "attention/memory/persistent.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-13;

}  // namespace

BOOST_AUTO_TEST_SUITE(learned_memories)

BOOST_AUTO_TEST_CASE(one_token_reads_the_mean_of_the_memory) {
  Generator rng(1);
  const External layer({.width = width, .heads = heads, .slots = 5}, rng);
  const Tensor mean_value = mean(parameter_of(layer, "values"), {0});  // (D)
  const Tensor expected =
      linear(concat({mean_value, mean_value}, 0), parameter_of(layer, "out_proj.weight"), {});
  const Tensor y = layer.mix({.x = sample({2, 1, width}, 1)}).y;
  for (Index b = 0; b < 2; ++b) {
    BOOST_TEST(distance(reshape(slice(y, 0, b, b + 1), {width}), expected) < tiny);
  }
  BOOST_TEST(distance(slice(layer.mix({.x = sample({1, 2, width}, 1)}).y, 1, 0, 1),
                      reshape(expected, {1, 1, width})) > 1e-4);
}

BOOST_AUTO_TEST_CASE(normalised_twice_rows_sum_to_one) {
  const Tensor f = sample({2, 3, 6, 4}, 2) * 3.0;
  const Tensor weights = double_normalise(f);
  BOOST_TEST(distance(sum(weights, {-1}), Tensor::ones({2, 3, 6})) < tiny);
  // A slot that all tokens like more weighs no more than before.
  const Tensor liked = f + Tensor({4}, {5, 0, 0, 0});
  BOOST_TEST(distance(double_normalise(liked), weights) < tiny);
  BOOST_TEST(distance(softmax(liked), softmax(f)) > 0.1);
  const Mask real({1, 1, 6, 1}, {1, 1, 1, 1, 0, 0});
  const Tensor hidden = double_normalise(f, real);
  BOOST_TEST(largest(slice(hidden, 2, 4, 6)) == 0.0);
  BOOST_TEST(distance(slice(hidden, 2, 0, 4), double_normalise(slice(f, 2, 0, 4))) < tiny);
}

// Another token moves a result only through the sums: no value of it gets across.
BOOST_AUTO_TEST_CASE(external_attention_carries_nothing_across) {
  Generator rng(1);
  const External layer({.width = width, .heads = heads, .slots = 1}, rng);
  const Tensor x = sample({1, 4, width}, 3);
  BOOST_TEST(distance(layer.mix({.x = x}).y, layer.mix({.x = with_token(x, 2, 9)}).y) < tiny);
}

BOOST_AUTO_TEST_CASE(no_vectors_is_multi_head) {
  Generator rng(1);
  const Persistent layer({.width = width, .heads = heads, .vectors = 0}, rng);
  const MultiHead plain({.width = width, .heads = heads}, rng);
  copy_parameters(layer, plain);
  const Tensor x = sample({2, 5, width}, 4);
  BOOST_TEST(distance(layer.mix({.x = x}).y, plain.mix({.x = x}).y) < tiny);
}

// A vector is a token that is always there: as if it stood in the sequence and nobody else's query.
BOOST_AUTO_TEST_CASE(a_vector_is_a_key_more) {
  Generator rng(1);
  const Persistent layer({.width = width, .heads = 1, .vectors = 1}, rng);
  const Persistent plain({.width = width, .heads = 1, .vectors = 0}, rng);
  for (const Parameter& own : plain.parameters()) {
    own.value.assign(parameter_of(layer, own.name));
  }
  const Tensor x = sample({1, 4, width}, 5), extra = sample({1, 1, width}, 6);
  const auto third = [&](Index which) {
    const Index from = which * width, to = from + width;
    return linear(reshape(extra, {1, 1, width}),
                  slice(parameter_of(layer, "in_proj_weight"), 0, from, to),
                  slice(parameter_of(layer, "in_proj_bias"), 0, from, to));
  };
  parameter_of(layer, "keys").assign(third(1));
  parameter_of(layer, "values").assign(third(2));
  const Tensor with_token = plain.mix({.x = x, .context = concat({x, extra}, 1)}).y;
  const MapRecorder recorder;
  BOOST_TEST(distance(layer.mix({.x = x}).y, with_token) < tiny);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 1U);
  BOOST_TEST(recorder.maps()[0].weights.shape() == (Shape{1, 1, 4, 4}));
}

BOOST_AUTO_TEST_CASE(wrong_sizes_are_told) {
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { External({.width = 8, .heads = 3}, rng); }) ==
             "[external] heads must divide width: 3 and 8");
  BOOST_TEST(thrown<Error>([&] { External({.width = 8, .slots = 0}, rng); }) ==
             "[external] slots must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([&] { Persistent({.width = 8, .vectors = -1}, rng); }) ==
             "[persistent] vectors must not be negative: -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
