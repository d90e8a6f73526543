// Grouped-query and multi-query attention: fewer heads of keys and values than of queries.
#include <boost/test/unit_test.hpp>

#include "attention/dense/multi_head.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

// Width 8, four heads of size 2, with biases that are not 0.
std::unique_ptr<MultiHead> layer_with(Index kv_heads, bool is_causal = false) {
  Generator rng(7);
  auto layer = std::make_unique<MultiHead>(
      MultiHeadOptions{.width = 8, .heads = 4, .kv_heads = kv_heads, .causal = is_causal}, rng);
  for (const Parameter& parameter : layer->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
  return layer;
}

// Rows of the packed projection of G heads, as four heads of their own would have them.
Tensor spread(const Tensor& packed, Index kv_heads) {
  std::vector<Tensor> parts{slice(packed, 0, 0, 8)};
  for (Index pair = 0; pair < 2; ++pair) {  // keys, values
    for (Index head = 0; head < 4; ++head) {
      const Index from = 8 + 2 * (pair * kv_heads + head / (4 / kv_heads));
      parts.push_back(slice(packed, 0, from, from + 2));
    }
  }
  return concat(parts, 0).detach();
}

std::unique_ptr<MultiHead> as_multi_head(const MultiHead& grouped, Index kv_heads) {
  auto whole = layer_with(0);
  for (const Parameter& parameter : grouped.parameters()) {
    const bool packed = parameter.name.rfind("in_proj", 0) == 0;
    parameter_of(*whole, parameter.name)
        .assign(packed ? spread(parameter.value, kv_heads) : parameter.value.detach());
  }
  return whole;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(grouped_heads)

BOOST_AUTO_TEST_CASE(as_many_key_heads_as_heads_is_multi_head) {
  const auto grouped = layer_with(4), plain = layer_with(0);
  const Tensor x = sample({2, 5, 8}, 1);
  BOOST_TEST(bitwise_equal(grouped->mix({.x = x}).y, plain->mix({.x = x}).y));
  BOOST_TEST(distance(layer_with(2)->mix({.x = x}).y, plain->mix({.x = x}).y) > 0.01);
}

BOOST_AUTO_TEST_CASE(shared_heads_are_equal_heads) {
  const Tensor x = sample({2, 5, 8}, 2), context = sample({2, 7, 8}, 3);
  for (const Index kv_heads : {1, 2}) {
    const auto grouped = layer_with(kv_heads), whole = as_multi_head(*grouped, kv_heads);
    BOOST_TEST(grouped->parameter_count() == (8 + 4 * kv_heads) * 9 + 8 * 9);
    BOOST_TEST(distance(grouped->mix({.x = x}).y, whole->mix({.x = x}).y) < tiny);
    const MixerInput crossed{.x = x, .context = context, .mask = padding({7, 4}, 7)};
    BOOST_TEST(distance(grouped->mix(crossed).y, whole->mix(crossed).y) < tiny);
  }
}

BOOST_AUTO_TEST_CASE(recorded_maps_have_every_head) {
  const auto grouped = layer_with(2);
  const Tensor x = sample({2, 5, 8}, 4);
  const Tensor fused = grouped->mix({.x = x}).y;
  MapRecorder recorder;
  BOOST_TEST(distance(grouped->mix({.x = x}).y, fused) < tiny);
  BOOST_TEST(recorder.maps().at(0).weights.shape() == (Shape{2, 4, 5, 5}));
}

BOOST_AUTO_TEST_CASE(gradient_of_a_shared_head_is_the_sum_over_its_copies) {
  const auto grouped = layer_with(2), whole = as_multi_head(*grouped, 2);
  const Tensor x = sample({2, 5, 8}, 5);
  const auto slope = [&](const MultiHead& layer) {
    return grad({sum(square(layer.mix({.x = x}).y))}, {parameter_of(layer, "in_proj_weight")})[0];
  };
  const Tensor own = slope(*grouped), copies = slope(*whole);  // (16, 8), (24, 8)
  for (Index head = 0; head < 4; ++head) {                     // two of keys, two of values
    const Index at = 8 + 4 * head;
    const Tensor total = slice(copies, 0, at, at + 2) + slice(copies, 0, at + 2, at + 4);
    BOOST_TEST(distance(slice(own, 0, 8 + 2 * head, 10 + 2 * head), total) < tiny);
  }
}

BOOST_AUTO_TEST_CASE(state_holds_shared_heads_only) {
  const auto grouped = layer_with(1, true);
  const Tensor x = sample({2, 5, 8}, 6);
  const Tensor whole = grouped->mix({.x = x}).y;
  MixerState state;
  for (Index t = 0; t < 5; ++t) {
    const Mixed step = grouped->mix({.x = slice(x, 1, t, t + 1), .state = state});
    BOOST_TEST(distance(step.y, slice(whole, 1, t, t + 1)) < tiny);
    state = *step.state;
  }
  BOOST_TEST(state.tensors.at(0).shape() == (Shape{2, 5, 4}));
}

BOOST_AUTO_TEST_CASE(heads_that_do_not_divide_are_refused) {
  BOOST_CHECK_EXCEPTION(layer_with(3), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[multihead] heads of keys and values must divide the heads: 3 for 4";
  });
  BOOST_CHECK_THROW(layer_with(-2), ValueError);
  BOOST_CHECK_THROW(layer_with(8), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
