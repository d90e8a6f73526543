// Gates: on the hidden units of attention pooling, on what the heads found, and in the gated
// attention unit. Open, shut and half open.
#include <boost/test/unit_test.hpp>

#include "attention/dense/gau.h"
#include "attention/dense/output_gate.h"
#include "attention/pooling/attention_pooling.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-13;

void set(const Subject& subject, const std::string& parameter, double value) {
  const Tensor held = parameter_of(subject.mixer(), parameter);
  held.assign(Tensor::full(held.shape(), static_cast<Real>(value)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gates)

BOOST_AUTO_TEST_CASE(a_gate_without_weights_halves_the_query) {
  const Subject subject(find("gated"), {.width = 6});
  Generator rng(1);
  const AttentionPooling plain({.width = 6}, rng);
  for (const char* name : {"hidden.weight", "hidden.bias"}) {
    parameter_of(plain, name).assign(parameter_of(subject.mixer(), name));
  }
  parameter_of(plain, "query").assign(parameter_of(subject.mixer(), "query") * 0.5);
  const Tensor h = sample({3, 7, 6}, 1);
  const auto& gated = dynamic_cast<const AttentionPooling&>(subject.mixer());
  BOOST_TEST(distance(gated.pool(h).z, plain.pool(h).z) > 0.01);
  set(subject, "gate.weight", 0);
  set(subject, "gate.bias", 0);
  BOOST_TEST(distance(gated.pool(h).z, plain.pool(h).z) < tiny);
}

BOOST_AUTO_TEST_CASE(order_of_instances_does_not_matter_to_a_gate) {
  const Subject subject(find("gated"), {.width = 6});
  const Tensor h = sample({2, 5, 6}, 2);
  const auto& gated = dynamic_cast<const AttentionPooling&>(subject.mixer());
  const Pooled found = gated.pool(h), moved = gated.pool(permuted(h, {3, 0, 4, 2, 1}));
  BOOST_TEST(distance(moved.z, found.z) < tiny);
  const Tensor weights = permuted(unsqueeze(found.weights, 2), {3, 0, 4, 2, 1});
  BOOST_TEST(distance(unsqueeze(moved.weights, 2), weights) < tiny);
  BOOST_TEST(distance(moved.weights, found.weights) > 0.01);
}

// Its errors and maps bear its name.
BOOST_AUTO_TEST_CASE(a_gated_pooling_speaks_for_itself) {
  const Subject subject(find("gated"), {.width = 6});
  BOOST_CHECK_EXCEPTION(subject(sample({2, 5, 4}, 3)), ShapeError, [](const ShapeError& error) {
    return std::string(error.what()).starts_with("[gated] ");
  });
  const MapRecorder recorder;
  subject(sample({2, 5, 6}, 3));
  BOOST_TEST(recorder.maps().at(0).mechanism == "gated");
}

BOOST_AUTO_TEST_CASE(an_open_output_gate_is_multi_head) {
  const Subject subject(find("output-gate"), {.width = 8, .heads = 2}),
      plain(find("multihead"), {.width = 8, .heads = 2});
  for (const Parameter& own : plain.mixer().parameters()) {
    own.value.assign(parameter_of(subject.mixer(), own.name));
  }
  const Tensor x = sample({2, 5, 8}, 4);
  BOOST_TEST(distance(subject(x), plain(x)) > 0.01);
  set(subject, "gate.weight", 0);
  set(subject, "gate.bias", 40);
  BOOST_TEST(distance(subject(x), plain(x)) < tiny);
}

BOOST_AUTO_TEST_CASE(a_shut_output_gate_leaves_the_bias) {
  const Subject subject(find("output-gate"), {.width = 8, .heads = 2});
  const Tensor x = sample({2, 5, 8}, 5);
  const Tensor bias = expand(parameter_of(subject.mixer(), "out_proj.bias"), x.shape());
  BOOST_TEST(distance(subject(x), bias) > 0.01);
  set(subject, "gate.weight", 0);
  set(subject, "gate.bias", -40);
  BOOST_TEST(distance(subject(x), bias) < tiny);
}

// A head is opened for each query by itself: what stands elsewhere has no say in it.
BOOST_AUTO_TEST_CASE(the_output_gate_is_the_querys_own) {
  const Subject subject(find("output-gate"), {.width = 8, .heads = 2});
  const Tensor x = sample({1, 3, 8}, 6), memory = sample({1, 4, 8}, 7);
  const Tensor all = subject({.x = x, .context = memory});
  const Tensor alone = subject({.x = slice(x, 1, 1, 2), .context = memory});
  BOOST_TEST(distance(slice(all, 1, 1, 2), alone) < tiny);
}

// U = 1 where silu(b) = 1.
BOOST_AUTO_TEST_CASE(gau_with_an_open_gate_is_squares) {
  constexpr double opens = 1.2784645427610738;
  for (const bool masked : {false, true}) {
    const Subject subject(find("gau"), {.width = 6});
    const auto of = [&](const std::string& name) { return parameter_of(subject.mixer(), name); };
    const Tensor x = sample({2, 5, 6}, 8);
    const Mask mask = masked ? padding({5, 3}, 5) : Mask();
    const auto layer = [&](const std::string& name) {
      return linear(x, of(name + ".weight"), of(name + ".bias"));
    };
    const Tensor z = silu(layer("shared"));
    const Tensor q = z * of("query_scale") + of("query_bias"),
                 k = z * of("key_scale") + of("key_bias");
    Tensor weights = square(relu(scaled_dot(q, k))) / 5.0;  // (2, 5, 5)
    if (masked) {
      const Tensor first = slice(weights, 0, 0, 1), second = slice(weights, 0, 1, 2);
      const Tensor shown = slice(second, 2, 0, 3) * (5.0 / 3.0);
      weights = concat({first, concat({shown, Tensor::zeros({1, 5, 2})}, 2)}, 0);
    }
    const Tensor expected = linear(matmul(weights, silu(layer("value"))), of("out_proj.weight"),
                                   of("out_proj.bias"));
    BOOST_TEST(distance(subject({.x = x, .mask = mask}), expected) > 0.01);
    set(subject, "gate.weight", 0);
    set(subject, "gate.bias", opens);
    BOOST_TEST(distance(subject({.x = x, .mask = mask}), expected) < tiny);
  }
}

// Where q . k <= 0 nothing is read, and nothing has to be.
BOOST_AUTO_TEST_CASE(gau_may_look_at_nothing) {
  const Subject subject(find("gau"), {.width = 6});
  set(subject, "query_scale", 0);
  set(subject, "query_bias", 1);
  set(subject, "key_scale", 0);
  set(subject, "key_bias", -1);
  const Tensor x = sample({2, 5, 6}, 9);
  const Tensor bias = expand(parameter_of(subject.mixer(), "out_proj.bias"), x.shape());
  BOOST_TEST(distance(subject(x), bias) == 0.0);
}

BOOST_AUTO_TEST_CASE(sizes_of_a_gau_that_cannot_be_are_refused) {
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(Gau({.width = 4, .expansion = 0}, rng), ValueError,
                        [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[gau] the expansion must be at least 1 and the size not "
                                 "negative: 0, 0";
                        });
  BOOST_CHECK_THROW(Gau({.width = 4, .size = -1}, rng), ValueError);
}

BOOST_AUTO_TEST_CASE(no_width_is_refused_by_name) {
  Generator rng(1);
  for (const std::string name : {"gated", "gau", "pooling", "self-attentive"}) {
    BOOST_CHECK_EXCEPTION(find(name).make({.width = 0}, rng), ValueError,
                          [&](const ValueError& error) {
                            return std::string(error.what()) ==
                                   "[" + name + "] width must be at least 1, got 0";
                          });
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
