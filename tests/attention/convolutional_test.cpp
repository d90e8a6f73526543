// Convolutional projections: the checks of their row beyond the laws.
#include <boost/test/unit_test.hpp>

#include "attention/dense/convolutional.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index channels = 6;

Subject of(const char* name, const std::map<std::string, double>& options, bool is_causal = false) {
  return Subject(find(name), {.width = channels, .heads = 2, .causal = is_causal}, false, options);
}

void hold(const Subject& subject, const std::string& parameter, const std::vector<Real>& taps) {
  const Tensor window = parameter_of(subject.mixer(), parameter);
  std::vector<Real> all;
  for (Index c = 0; c < window.dim(0); ++c) all.insert(all.end(), taps.begin(), taps.end());
  window.assign(all);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convolutional)

BOOST_AUTO_TEST_CASE(windows_of_one_token_are_multi_head) {
  const Tensor x = sample({2, 9, channels}, 1);
  for (const bool is_causal : {false, true}) {
    const Subject full(find("multihead"), {.width = channels, .heads = 2, .causal = is_causal});
    for (const char* name : {"conv-qk", "conv-qkv"}) {
      if (is_causal && name == std::string("conv-qkv")) continue;
      const Subject one = of(name, {{"window", 1}}, is_causal);
      for (const char* parameter :
           {"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}) {
        parameter_of(full.mixer(), parameter).assign(parameter_of(one.mixer(), parameter));
      }
      BOOST_TEST(distance(one(x), full(x)) > 1e-4);  // the windows weigh, still
      hold(one, "query_window.weight", {1});
      hold(one, "key_window.weight", {1});
      if (name == std::string("conv-qkv")) hold(one, "value_window.weight", {1});
      BOOST_TEST(distance(one(x), full(x)) < 1e-12);
    }
  }
}

// As made, before anything was learned, a window of any size is the token itself.
BOOST_AUTO_TEST_CASE(it_starts_as_multi_head_whatever_the_window) {
  const Tensor x = sample({2, 10, channels}, 2);
  const MixerShape shape{.width = channels, .heads = 2};
  const Subject full(find("multihead"), shape, true);
  for (const char* name : {"conv-qk", "conv-qkv"}) {
    const Subject wide(find(name), shape, true, {{"window", 5}});
    for (const char* parameter : {"in_proj_weight", "out_proj.weight"}) {
      parameter_of(full.mixer(), parameter).assign(parameter_of(wide.mixer(), parameter));
    }
    BOOST_TEST(distance(wide(x), full(x)) < 1e-12);
  }
}

// A window that reads the token before and nothing else: keys move by one place, values do not.
BOOST_AUTO_TEST_CASE(a_key_can_be_the_token_before) {
  const Subject layer = of("conv-qk", {{"window", 2}});
  const Subject full(find("multihead"), {.width = channels, .heads = 2});
  for (const char* parameter :
       {"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}) {
    parameter_of(full.mixer(), parameter).assign(parameter_of(layer.mixer(), parameter));
  }
  hold(layer, "query_window.weight", {0, 1});
  hold(layer, "key_window.weight", {1, 0});
  const Tensor x = sample({1, 5, channels}, 3);
  const Tensor before = pad(slice(x, 1, 0, 4), 1, 1, 0);
  const Tensor expected = full.mixer().mix({.x = x, .context = before, .values = x}).y;
  BOOST_TEST(distance(layer(x), expected) < 1e-12);
}

// What lies beyond the edge of a row is nobody's neighbour, though it comes next in the sequence.
BOOST_AUTO_TEST_CASE(windows_end_at_the_edge_of_the_grid) {
  constexpr Index columns = 3;
  const Subject layer = of("conv-qkv", {{"window", 3}, {"columns", 3}});
  hold(layer, "query_window.weight", {0, 0, 0, 0, 1, 0, 0, 0, 0});
  hold(layer, "key_window.weight", {0, 0, 0, 0, 0, 0, 0, 0, 0});  // equal scores: the mean
  hold(layer, "value_window.weight", {0, 0, 0, 0, 0, 1, 0, 0, 0});  // the cell to the right
  const Tensor x = sample({1, 2 * columns, channels}, 4);
  const Tensor y = layer(x);
  for (Index t = 0; t < x.dim(1); ++t) {
    const double moved = distance(layer(with_token(x, t, 5)), y);
    BOOST_TEST((moved > 1e-6) == (t % columns != 0), "cell " << t);  // nobody's right neighbour
  }
}

BOOST_AUTO_TEST_CASE(a_state_of_another_batch_is_refused) {
  const Subject layer = of("conv-qk", {}, true);
  const Mixed first = layer.mixer().mix({.x = sample({2, 3, channels}, 6), .state = MixerState{}});
  BOOST_TEST(first.state->tensors.size() == 3U);
  BOOST_TEST(first.state->tensors[2].shape() == (Shape{2, 2, channels}));
  BOOST_CHECK_EXCEPTION(
      layer.mixer().mix({.x = sample({1, 1, channels}, 7), .state = first.state}), ShapeError,
      [](const ShapeError& error) {
        return std::string(error.what()) ==
               "[conv-qk] the state holds keys (2, 3, 6), values (2, 3, 6) and tokens (2, 2, 6), "
               "the input is (1, 1, 6)\nhint: a state belongs to one layer and one batch";
      });
  // Keys and values, as other layers hold them.
  MixerState others = *first.state;
  others.tensors.pop_back();
  BOOST_CHECK_EXCEPTION(
      layer.mixer().mix({.x = sample({2, 1, channels}, 7), .state = others}), ShapeError,
      [](const ShapeError& error) {
        return std::string(error.what()) ==
               "[conv-qk] the state holds 2 tensors instead of keys, values and tokens\n"
               "hint: a state belongs to one layer and one batch";
      });
}

// A mask over the tokens that have been and those that come, as decoding has it.
BOOST_AUTO_TEST_CASE(hidden_tokens_stay_hidden_in_a_state) {
  const Subject layer = of("conv-qk", {}, true);
  const Tensor x = sample({1, 6, channels}, 8);
  const Mask open({1, 1, 1, 6}, {0, 1, 1, 0, 1, 1});
  const Tensor all = layer.mixer().mix({.x = x, .mask = open}).y;
  MixerState state;
  for (Index t = 0; t < 6; ++t) {
    const Mixed step = layer.mixer().mix(
        {.x = slice(x, 1, t, t + 1), .mask = slice(open, 3, 0, t + 1), .state = state});
    state = *step.state;
    BOOST_TEST(distance(step.y, slice(all, 1, t, t + 1)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(wrong_windows_grids_and_masks_are_told) {
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { ConvQK({.width = 4, .window = 0}, rng); }) ==
             "[conv-qk] a window holds at least the token itself: 0");
  BOOST_TEST(thrown<Error>([&] { ConvQKV({.width = 4, .window = 2}, rng); }) ==
             "[conv-qkv] a window has a cell in its middle, so its side is odd: 2");
  BOOST_TEST(thrown<Error>([&] { ConvQKV({.width = 4, .columns = 0}, rng); }) ==
             "[conv-qkv] a grid has at least one column: 0");
  const Subject layer = of("conv-qkv", {});
  BOOST_TEST(thrown<Error>([&] {
               layer({.x = sample({2, 3, channels}, 9), .mask = causal().expand(3, 3)});
             }) ==
             "[conv-qkv] the mask must say which of the 3 tokens are real, as (2, 1, 1, 3): got "
             "(3, 3)\nhint: windows read tokens, whoever asks");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
