// Nystrom attention: when it loses nothing, how its inverse is found, and what it costs.
#include <boost/test/unit_test.hpp>

#include "attention/catalog.h"
#include "attention/dense/multi_head.h"
#include "attention/efficient/nystrom.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/attention/sparse_work.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

// Rows that sum to 1 and are not alike.
Tensor weights_of(const Shape& shape, std::uint64_t seed) {
  return softmax(sample(shape, seed) + Tensor::eye(shape[-1]) * 3.0).detach();
}

Tensor inverse_of(const Tensor& a, Index steps) {
  return pseudo_inverse(a, inverse_start(a), steps);
}

// The result of multi-head attention with the projections of a layer.
Tensor full(const Nystrom& layer, const MixerInput& input) {
  Generator rng(2);
  const MultiHead all({.width = width, .heads = heads}, rng);
  for (const Parameter& own : all.parameters()) own.value.assign(parameter_of(layer, own.name));
  return all.mix(input).y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nystrom)

BOOST_AUTO_TEST_CASE(nystrom_with_a_landmark_a_token_is_multi_head) {
  Generator rng(1);
  for (const Index landmarks : {Index{6}, Index{9}}) {
    const Nystrom layer({.width = width, .heads = heads, .landmarks = landmarks, .steps = 60,
                         .window = 0},
                        rng);
    const Tensor x = sample({2, 6, width}, 1) * 2.0;
    const Mask real = padding({6, 4}, 6);
    BOOST_TEST(distance(layer.mix({.x = x}).y, full(layer, {.x = x})) < 1e-7);
    BOOST_TEST(distance(slice(layer.mix({.x = x, .mask = real}).y, 1, 0, 4),
                        slice(full(layer, {.x = x, .mask = real}), 1, 0, 4)) < 1e-7);
  }
  const Nystrom fewer({.width = width, .heads = heads, .landmarks = 3, .steps = 60, .window = 0},
                      rng);
  const Tensor x = sample({2, 6, width}, 1) * 2.0;
  BOOST_TEST(distance(fewer.mix({.x = x}).y, full(fewer, {.x = x})) > 1e-2);
}

// Tokens that are the same all over a segment are their mean.
BOOST_AUTO_TEST_CASE(segments_of_equal_tokens_lose_nothing) {
  Generator rng(1);
  const Nystrom layer({.width = width, .heads = heads, .landmarks = 4, .steps = 60, .window = 0},
                      rng);
  const Tensor x = repeat_interleave(sample({2, 4, width}, 2) * 2.0, 3, 1);
  BOOST_TEST(distance(layer.mix({.x = x}).y, full(layer, {.x = x})) < 1e-7);
}

BOOST_AUTO_TEST_CASE(segments_are_as_equal_as_can_be) {
  const Segments seven = segments_of(7, 3);  // 3, 2, 2
  const double third = 1.0 / 3;
  const Tensor expected({1, 3, 7}, {third, third, third, 0, 0, 0, 0, 0, 0, 0, .5, .5, 0, 0, 0, 0,
                                    0, 0, 0, .5, .5});
  BOOST_TEST(distance(seven.means, expected) < tiny);
  // Of the real tokens only, wherever they stand; two tokens leave two of four segments empty.
  const Segments hidden = segments_of(4, 4, Mask({1, 4}, {0, 1, 0, 1}));
  BOOST_TEST(distance(sum(hidden.means, {-1}), Tensor({1, 4}, {1, 0, 1, 0})) < tiny);
  BOOST_TEST(distance(to_tensor(hidden.there), Tensor({1, 4}, {1, 0, 1, 0})) == 0.0);
  BOOST_TEST(distance(sum(hidden.means, {1}), Tensor({1, 4}, {0, 1, 0, 1})) < tiny);
}

BOOST_AUTO_TEST_CASE(steps_lead_to_the_inverse) {
  const Tensor a = weights_of({2, 3, 5, 5}, 3);
  const Tensor exact = inverse(a);
  double before = 1e9;
  for (const Index steps : {Index{2}, Index{4}, Index{6}}) {
    const double off = distance(inverse_of(a, steps), exact);
    BOOST_TEST(off < before / 3);
    before = off;
  }
  BOOST_TEST(distance(inverse_of(a, 30), exact) < 1e-10);
}

// Where there is none, the four conditions of Moore and Penrose.
BOOST_AUTO_TEST_CASE(steps_lead_to_the_pseudo_inverse) {
  const Tensor once = weights_of({3, 3}, 4);
  const Tensor half = repeat_interleave(repeat_interleave(once, 2, 0), 2, 1) / 2.0;  // rank 3
  const Tensor z = inverse_of(half, 20);
  BOOST_TEST(distance(matmul(half, matmul(z, half)), half) < 1e-10);
  BOOST_TEST(distance(matmul(z, matmul(half, z)), z) < 1e-9);
  BOOST_TEST(distance(transpose(matmul(half, z)), matmul(half, z)) < 1e-10);
  BOOST_TEST(distance(transpose(matmul(z, half)), matmul(z, half)) < 1e-10);
}

BOOST_AUTO_TEST_CASE(nystroms_implied_matrix_makes_the_output) {
  Generator rng(1);
  const Nystrom layer({.width = width, .heads = 1, .landmarks = 3}, rng);
  const Tensor x = sample({2, 7, width}, 5);
  const Mask real = padding({7, 5}, 7);
  const MapRecorder recorder;
  const Tensor y = layer.mix({.x = x, .mask = real}).y;
  BOOST_REQUIRE(recorder.maps().size() == 1U);
  BOOST_TEST((recorder.maps()[0].kind == MapKind::implied));
  const Tensor values = linear(x, slice(parameter_of(layer, "in_proj_weight"), 0, 16, 24),
                               slice(parameter_of(layer, "in_proj_bias"), 0, 16, 24));
  const Tensor read = matmul(select(recorder.maps()[0].weights, 1, 0), values);
  BOOST_TEST(distance(linear(read, parameter_of(layer, "out_proj.weight"),
                             parameter_of(layer, "out_proj.bias")),
                      y) < tiny);
}

// A token more takes as much work as the one before.
BOOST_AUTO_TEST_CASE(nystroms_work_is_linear_in_tokens) {
  const auto work = [](Index tokens) {
    const Subject subject(find("nystrom"), {.width = 6, .heads = 2, .length = 256});
    return work_of(subject, tokens, 6);
  };
  const Work once = work(64), twice = work(128), four = work(256);
  BOOST_TEST(four.forward - twice.forward == 2 * (twice.forward - once.forward));
  BOOST_TEST(four.backward - twice.backward == 2 * (twice.backward - once.backward));
  BOOST_TEST(four.kept - twice.kept == 2 * (twice.kept - once.kept));
}

BOOST_AUTO_TEST_CASE(what_nystrom_cannot_do_it_says) {
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { Nystrom({.width = 8, .landmarks = 0}, rng); }) ==
             "[nystrom] landmarks must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([&] { Nystrom({.width = 8, .window = 4}, rng); }) ==
             "[nystrom] a window has a token in its middle, so it is odd, or 0 for none: 4");
  BOOST_TEST(thrown<Error>([&] { find("nystrom").make({.causal = true}, rng); }) ==
             "[nystrom] has no causal form");
  const Nystrom layer({.width = 8, .heads = 2}, rng);
  const Mask look_back = causal().expand(3, 3).reshape({1, 1, 3, 3});
  BOOST_TEST(thrown<Error>([&] { layer.mix({.x = sample({1, 3, 8}, 1), .mask = look_back}); }) ==
             "[nystrom] the mask must say who of the 3 instances is real, as (1, 1, 1, 3): got "
             "(1, 1, 3, 3)\nhint: padding() makes it");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
