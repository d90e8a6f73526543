// Linformer: its limits, what hiding does to its sums, and what it costs.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/catalog.h"
#include "attention/dense/multi_head.h"
#include "attention/efficient/linformer.h"
#include "attention/maps.h"
#include "attention/score_shift.h"
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

constexpr double tiny = 1e-13;

// Multi-head attention with its projections.
std::unique_ptr<MultiHead> full_beside(const Linformer& layer) {
  Generator rng(2);
  auto full = std::make_unique<MultiHead>(MultiHeadOptions{.width = width, .heads = heads}, rng);
  for (const Parameter& own : full->parameters()) own.value.assign(parameter_of(layer, own.name));
  return full;
}

// Gradients of x and of the projections, and last the result.
std::vector<Tensor> run(const Mixer& mixer, const Tensor& x) {
  Tensor leaf(x.shape(), x.values());
  leaf.require_grad();
  std::vector<Tensor> wanted{leaf};
  for (const char* name : {"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}) {
    wanted.push_back(parameter_of(mixer, name));
  }
  const Tensor y = mixer.mix({.x = leaf}).y;
  std::vector<Tensor> made = grad({sum(y * sample(y.shape(), 5))}, wanted);
  made.push_back(y);
  return made;
}

void give(const Linformer& layer, const Tensor& sums) {
  parameter_of(layer, "E").assign(sums);
  parameter_of(layer, "F").assign(sums);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linformer)

BOOST_AUTO_TEST_CASE(linformer_with_a_slot_a_place_is_multi_head) {
  Generator rng(1);
  const Linformer layer({.width = width, .heads = heads, .length = 7, .rank = 7}, rng);
  const auto full = full_beside(layer);
  const Tensor x = sample({2, 7, width}, 1);
  BOOST_TEST(distance(run(layer, x).back(), run(*full, x).back()) > 0.1);
  give(layer, Tensor::eye(7));
  BOOST_TEST(furthest(run(layer, x), run(*full, x)) < tiny);
}

// Keys and values that are the same all over a block lose nothing in its mean.
BOOST_AUTO_TEST_CASE(means_of_blocks_lose_nothing_of_blocks) {
  Generator rng(1);
  const Linformer layer({.width = width, .heads = heads, .length = 12, .rank = 4}, rng);
  const auto full = full_beside(layer);
  give(layer, repeat_interleave(Tensor::eye(4), 3, 1) / 3.0);
  const Tensor blocks = repeat_interleave(sample({2, 4, width}, 2), 3, 1);
  BOOST_TEST(furthest(run(layer, blocks), run(*full, blocks)) < tiny);
  const Tensor other = sample({2, 12, width}, 3);
  BOOST_TEST(distance(layer.mix({.x = other}).y, full->mix({.x = other}).y) > 1e-2);
}

// Hiding a token is a 0 in its column of both sums.
BOOST_AUTO_TEST_CASE(hidden_columns_are_zero) {
  Generator rng(1);
  const Linformer layer({.width = width, .heads = heads, .length = 6, .rank = 3}, rng);
  const Tensor x = sample({1, 6, width}, 4);
  const Mask without({1, 1, 1, 6}, {1, 1, 0, 1, 1, 0});
  const Tensor hidden = layer.mix({.x = x, .mask = without}).y;
  const Tensor shown = to_tensor(without.reshape({1, 6}));
  for (const char* sums : {"E", "F"}) {
    parameter_of(layer, sums).assign((parameter_of(layer, sums) * shown).detach());
  }
  BOOST_TEST(distance(layer.mix({.x = x}).y, hidden) < tiny);
}

// Slots together are as long as what they sum up: N(0, 1 / R).
BOOST_AUTO_TEST_CASE(sums_start_so_that_sizes_stay) {
  Generator rng(1);
  const Linformer layer({.width = width, .heads = heads, .length = 256, .rank = 64}, rng);
  for (const char* sums : {"E", "F"}) {
    const double size = static_cast<double>(mean(square(parameter_of(layer, sums))).item());
    BOOST_TEST(std::abs(size * 64 - 1) < 0.05);  // 16,384 numbers: .011 is one deviation
  }
}

BOOST_AUTO_TEST_CASE(shared_sums_are_one_parameter) {
  Generator rng(1);
  const Linformer two({.width = width, .heads = heads, .length = 6, .rank = 3}, rng);
  const Linformer one({.width = width, .heads = heads, .length = 6, .rank = 3, .shared = true},
                      rng);
  BOOST_TEST(two.parameters().size() == one.parameters().size() + 1);
  for (const Parameter& own : one.parameters()) own.value.assign(parameter_of(two, own.name));
  give(two, parameter_of(one, "E"));
  const Tensor x = sample({2, 6, width}, 6);
  BOOST_TEST(distance(two.mix({.x = x}).y, one.mix({.x = x}).y) < tiny);
}

BOOST_AUTO_TEST_CASE(linformers_implied_matrix_makes_the_output) {
  Generator rng(1);
  const Linformer layer({.width = width, .heads = 1, .length = 6, .rank = 3}, rng);
  const Tensor x = sample({2, 6, width}, 7);
  const Mask real = padding({6, 4}, 6);
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

// Scores are those of slots: one that is pushed away is not read.
BOOST_AUTO_TEST_CASE(scores_of_slots_can_be_shifted) {
  Generator rng(1);
  const Linformer layer({.width = width, .heads = heads, .length = 5, .rank = 2}, rng);
  const Tensor x = sample({1, 5, width}, 8);
  const ScoreShift shift({Tensor({2}, {0, -1e4})});
  const Tensor y = layer.mix({.x = x}).y;
  BOOST_TEST(shift.used() == 1U);
  BOOST_TEST(distance(slice(y, 1, 0, 4), slice(y, 1, 1, 5)) < tiny);  // all read slot 0
}

// Twice the tokens take twice the work, at the same number of slots.
BOOST_AUTO_TEST_CASE(work_is_linear_in_tokens) {
  const auto work = [](Index tokens) {
    const Subject subject(find("linformer"), {.width = 6, .heads = 2, .length = 256}, false,
                          {{"rank", 8}});
    return work_of(subject, tokens, 6);
  };
  const Work once = work(64), twice = work(128), four = work(256);
  BOOST_TEST(once.forward == 4U * 8 * 64 * 6);
  BOOST_TEST(twice.forward == 2 * once.forward);
  BOOST_TEST(four.backward - twice.backward == 2 * (twice.backward - once.backward));
  BOOST_TEST(four.kept - twice.kept == 2 * (twice.kept - once.kept));
}

BOOST_AUTO_TEST_CASE(what_linformer_cannot_do_it_says) {
  Generator rng(1);
  const auto says = [](const auto& call) { return thrown<Error>(call); };
  BOOST_TEST(says([&] { Linformer({.width = 8, .rank = 2}, rng); }) ==
             "[linformer] length must be at least 1, got 0");
  BOOST_TEST(says([&] { Linformer({.width = 8, .length = 4}, rng); }) ==
             "[linformer] rank must be at least 1, got 0");
  BOOST_TEST(says([&] { find("linformer").make({.causal = true, .length = 4}, rng); }) ==
             "[linformer] has no causal form");
  const Linformer layer({.width = 8, .heads = 2, .length = 4, .rank = 2}, rng);
  BOOST_TEST(says([&] { layer.mix({.x = sample({1, 5, 8}, 1)}); }) ==
             "[linformer] x has 5 tokens, the sums 4 places\nhint: its length is that of the "
             "longest sequence it will meet");
  const Mask look_back = causal().expand(3, 3).reshape({1, 1, 3, 3});
  BOOST_TEST(says([&] { layer.mix({.x = sample({1, 3, 8}, 1), .mask = look_back}); }) ==
             "[linformer] the mask must say who of the 3 instances is real, as (1, 1, 1, 3): got "
             "(1, 1, 3, 3)\nhint: padding() makes it");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
