// The visual sentinel, which is no mixer: its formula, its limits, its gradient.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/dense/sentinel.h"
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

constexpr double tiny = 1e-12;

std::unique_ptr<Sentinel> layer() {
  Generator rng(7);
  auto made = std::make_unique<Sentinel>(
      SentinelOptions{.input_width = 3, .width = 6, .hidden = 5}, rng);
  for (const Parameter& parameter : made->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
  return made;
}

struct Inputs {
  Tensor h = sample({2, 4, 6}, 1), s = sample({2, 4, 6}, 2), memory = sample({2, 5, 6}, 3);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sentinel)

BOOST_AUTO_TEST_CASE(sentinel_is_gated_memory) {
  const auto made = layer();
  const Tensor x = sample({2, 4, 3}, 4), before = sample({2, 4, 6}, 5), c = sample({2, 4, 6}, 6);
  const Tensor gate = sigmoid(linear(x, parameter_of(*made, "gate_input.weight"),
                                     parameter_of(*made, "gate_input.bias")) +
                              linear(before, parameter_of(*made, "gate_state.weight"), {}));
  BOOST_TEST(distance(made->sentinel(x, before, c), gate * tanh(c)) < tiny);
}

// As the paper writes it: beta s + (1 - beta) c, with c the plain additive attention.
BOOST_AUTO_TEST_CASE(gate_stands_between_sentinel_and_source) {
  const auto made = layer();
  const Inputs in;
  const auto found = made->attend(in.h, in.s, in.memory);
  const auto plain = made->attend(in.h, {}, in.memory);
  const Tensor q = linear(in.h, parameter_of(*made, "query.weight"),
                          parameter_of(*made, "query.bias"));
  const Tensor keys = linear(in.memory, parameter_of(*made, "key.weight"), {});
  const Tensor v = parameter_of(*made, "score");
  const Tensor scores = additive(q, keys, v);  // (2, 4, 5)
  const Tensor own = linear(in.s, parameter_of(*made, "own_key.weight"), {});
  const Tensor alone = sum(tanh(q + own) * v, {-1}, true);  // (2, 4, 1)
  const Tensor beta = slice(softmax_over(concat({scores, alone}, -1), {}), -1, 5, 6);
  BOOST_TEST(distance(plain.y, combine(softmax_over(scores, {}), in.memory)) < tiny);
  BOOST_TEST(largest(plain.gate) == 0.0);
  BOOST_TEST(distance(unsqueeze(found.gate, -1), beta) < tiny);
  BOOST_TEST(distance(found.y, beta * in.s + (1 - beta) * plain.y) < tiny);
  BOOST_TEST(distance(sum(found.weights, {-1}), Tensor::ones({2, 1, 4})) < tiny);
}

BOOST_AUTO_TEST_CASE(sentinel_alone_is_read_without_source) {
  const auto made = layer();
  Inputs in;
  in.memory.require_grad();
  in.s.require_grad();
  const auto found = made->attend(in.h, in.s, in.memory, padding({5, 0}, 5));
  const auto of_row = [](const Tensor& x, Index b) { return select(x, 0, b); };
  BOOST_TEST(distance(of_row(found.gate, 1), Tensor::ones({4})) < tiny);
  BOOST_TEST(distance(of_row(found.y, 1), of_row(in.s, 1)) < tiny);
  const auto slopes = grad({sum(square(found.y))}, {in.memory, in.s});
  BOOST_TEST(largest(of_row(slopes[0], 1)) == 0.0);
  BOOST_TEST(largest(of_row(slopes[0], 0)) > 1e-3);
  BOOST_TEST(largest(of_row(slopes[1], 1)) > 1e-3);
}

BOOST_AUTO_TEST_CASE(padding_does_not_reach_the_gate) {
  const auto made = layer();
  const Inputs in;
  const Tensor more = concat({in.memory, sample({2, 2, 6}, 8)}, 1);
  const auto alone = made->attend(in.h, in.s, in.memory);
  const auto padded = made->attend(in.h, in.s, more, padding({5, 5}, 7));
  BOOST_TEST(distance(alone.y, padded.y) < tiny);
  BOOST_TEST(distance(alone.gate, padded.gate) < tiny);
}

BOOST_AUTO_TEST_CASE(scores_can_be_shifted_and_maps_recorded) {
  const auto made = layer();
  const Inputs in;
  std::vector<Real> pull(6, 0);
  pull[5] = 50;  // the sentinel
  const ScoreShift guard({Tensor({6}, pull)});
  const MapRecorder recorder;
  const auto found = made->attend(in.h, in.s, in.memory);
  BOOST_TEST(distance(found.gate, Tensor::ones({2, 4})) < 1e-9);
  BOOST_TEST(recorder.maps().size() == 1u);
  BOOST_TEST(recorder.maps()[0].weights.shape() == (Shape{2, 1, 4, 6}));
}

BOOST_AUTO_TEST_CASE(sentinels_that_do_not_fit_are_refused) {
  const auto made = layer();
  const Inputs in;
  BOOST_CHECK_EXCEPTION(made->attend(in.h, sample({2, 3, 6}, 1), in.memory), ShapeError,
                        [](const ShapeError& error) {
                          return std::string(error.what()) ==
                                 "[adaptive-sentinel] a sentinel a query: (2, 3, 6) for (2, 4, 6)";
                        });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
