// What MultiHead takes beside width and heads: other widths of keys and values, no biases, dropout
// on weights, a state for its context.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <optional>
#include <set>

#include "attention/block.h"
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

std::unique_ptr<MultiHead> layer(MultiHeadOptions options) {
  Generator rng(7);
  options.width = 8;
  options.heads = 4;
  auto made = std::make_unique<MultiHead>(options, rng);
  for (const Parameter& parameter : made->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
  return made;
}

std::set<std::string> names_of(const nn::Module& module) {
  std::set<std::string> names;
  for (const Parameter& p : module.parameters()) names.insert(p.name);
  return names;
}

template <class Error, class Call>
void expect(Call call, const std::string& text) {
  try {
    call();
    BOOST_ERROR("not refused: " << text);
  } catch (const Error& error) {
    BOOST_TEST(error.what() == text);
  }
}

// The values that both paths give, whatever the options.
void check_paths(const MultiHead& mixer, const MixerInput& input) {
  const Tensor fused = mixer.mix(input).y;
  MapRecorder recorder(Graph::keep);
  BOOST_TEST(distance(mixer.mix(input).y, fused) < tiny);
  BOOST_TEST(recorder.maps().size() == 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(multi_head_options)

BOOST_AUTO_TEST_CASE(the_fused_kernel_is_what_the_readable_path_gives) {
  const Tensor x = sample({2, 5, 8}, 1), context = sample({2, 7, 8}, 2);
  const Mask mask = padding({5, 3}, 5);
  for (const Index kv_heads : {0, 1, 2}) {
    for (const bool scaled : {true, false}) {
      check_paths(*layer({.kv_heads = kv_heads, .scaled = scaled}), {.x = x, .mask = mask});
      check_paths(*layer({.kv_heads = kv_heads, .scaled = scaled}), {.x = x, .context = context});
      check_paths(*layer({.kv_heads = kv_heads, .scaled = scaled, .causal = true}),
                  {.x = x, .mask = mask});
      check_paths(*layer({.kv_heads = kv_heads, .causal = true, .window = 1}), {.x = x});
    }
  }
}

BOOST_AUTO_TEST_CASE(without_bias_there_are_no_biases) {
  const auto plain = layer({.bias = false});
  BOOST_TEST(names_of(*plain) == (std::set<std::string>{"in_proj_weight", "out_proj.weight"}),
             boost::test_tools::per_element());
  const Tensor x = sample({2, 5, 8}, 1);
  const auto biased = layer({});
  for (const Parameter& p : biased->parameters()) {
    const bool bias = p.name.ends_with("bias");
    p.value.assign(bias ? Tensor::zeros(p.value.shape()) : parameter_of(*plain, p.name).detach());
  }
  BOOST_TEST(distance(plain->mix({.x = x}).y, biased->mix({.x = x}).y) < tiny);
  check_paths(*plain, {.x = x, .context = sample({2, 3, 8}, 3)});
}

BOOST_AUTO_TEST_CASE(keys_and_values_of_other_widths) {
  const auto mixer = layer({.kv_heads = 2, .kdim = 5, .vdim = 3});
  BOOST_TEST(names_of(*mixer) ==
                 (std::set<std::string>{"q_proj_weight", "k_proj_weight", "v_proj_weight",
                                        "in_proj_bias", "out_proj.weight", "out_proj.bias"}),
             boost::test_tools::per_element());
  BOOST_TEST(parameter_of(*mixer, "k_proj_weight").shape() == Shape({4, 5}));
  BOOST_TEST(parameter_of(*mixer, "v_proj_weight").shape() == Shape({4, 3}));
  BOOST_TEST(parameter_of(*mixer, "in_proj_bias").shape() == Shape({16}));
  const Tensor x = sample({2, 5, 8}, 1), keys = sample({2, 7, 5}, 2), values = sample({2, 7, 3}, 3);
  check_paths(*mixer, {.x = x, .context = keys, .values = values});

  expect<ValueError>([&] { mixer->mix({.x = x}); },
                     "[multihead] keys of width 5 and values of width 3 need a context");
  expect<ValueError>([&] { mixer->mix({.x = x, .context = keys}); },
                     "[multihead] values of width 3 must be given: the context, keys of width 5, "
                     "cannot serve");
  expect<ShapeError>(
      [&] {
        mixer->mix({.x = x, .context = keys, .values = sample({2, 6, 3}, 3)});
      },
      "[multihead] values must be (2, 7, 3), one for each token of the context (2, 7, 5): got "
      "(2, 6, 3)");
  expect<ValueError>([&] { layer({.kdim = 5, .context = Context::refused}); },
                     "[multihead] takes no context: kdim 5 and vdim 8 must be the width 8");
}

// Values apart from their keys, by the one matrix: the same numbers as in two runs.
BOOST_AUTO_TEST_CASE(values_apart_from_their_keys) {
  const auto mixer = layer({});
  const Tensor x = sample({2, 5, 8}, 1), keys = sample({2, 7, 8}, 2), values = sample({2, 7, 8}, 3);
  check_paths(*mixer, {.x = x, .context = keys, .values = values});
  BOOST_TEST(distance(mixer->mix({.x = x, .context = keys, .values = keys}).y,
                      mixer->mix({.x = x, .context = keys}).y) < tiny);
  BOOST_TEST(distance(mixer->mix({.x = x, .context = keys, .values = values}).y,
                      mixer->mix({.x = x, .context = keys}).y) > 0.01);
  expect<ValueError>([&] { mixer->mix({.x = x, .values = values}); },
                     "[multihead] values without a context: keys come from the context, too");
}

BOOST_AUTO_TEST_CASE(dropped_weights_in_training_and_none_in_evaluation) {
  auto mixer = layer({.dropout = 0.5});
  const auto plain = layer({});
  const Tensor x = sample({2, 5, 8}, 1);
  const Tensor whole = plain->mix({.x = x}).y;
  const auto step = [&](std::uint64_t at) {
    mixer->seed_draws(3, at);
    return mixer->mix({.x = x}).y;
  };
  BOOST_TEST(bitwise_equal(step(1), step(1)));
  BOOST_TEST(distance(step(1), step(2)) > 0.01);
  BOOST_TEST(distance(step(1), whole) > 0.01);

  // What is kept grows, so that the mean stays: over many steps, within five standard errors.
  Tensor mean = Tensor::zeros(whole.shape()), squares = Tensor::zeros(whole.shape());
  constexpr int steps = 2000;
  for (int i = 0; i < steps; ++i) {
    const Tensor off = (step(static_cast<std::uint64_t>(i)) - whole).detach();
    mean = mean + off / double{steps};
    squares = squares + square(off) / double{steps};
  }
  for (Index i = 0; i < mean.size(); ++i) {
    BOOST_TEST(std::abs(mean.data()[i]) < 5 * std::sqrt(squares.data()[i] / steps));
  }

  mixer->eval();
  BOOST_TEST(bitwise_equal(mixer->mix({.x = x}).y, whole));
  expect<ValueError>([&] { layer({.dropout = 1}); }, "[multihead] dropout must be in [0, 1): 1");
}

BOOST_AUTO_TEST_CASE(maps_show_the_weights_before_dropout) {
  auto mixer = layer({.dropout = 0.5});
  const Tensor x = sample({2, 5, 8}, 1);
  mixer->seed_draws(3, 1);
  const Tensor trained = mixer->mix({.x = x}).y;
  mixer->seed_draws(3, 1);
  const MapRecorder recorder;
  BOOST_TEST(bitwise_equal(mixer->mix({.x = x}).y, trained));
  const Tensor rows = sum(recorder.maps().at(0).weights, {-1});
  BOOST_TEST(distance(rows, Tensor::ones(rows.shape())) < tiny);
}

BOOST_AUTO_TEST_CASE(a_state_belongs_to_one_layer_and_one_batch) {
  const auto mixer = layer({.causal = true});
  const auto state = mixer->mix({.x = sample({2, 3, 8}, 1), .state = MixerState{}}).state;
  const std::string hint = "\nhint: a state belongs to one layer and one batch";
  expect<ShapeError>(
      [&] { mixer->mix({.x = sample({1, 1, 8}, 1), .state = state}); },
      "[multihead] the state holds keys and values (2, 3, 16), the input makes (1, T, 16)" + hint);
  const auto narrow = layer({.kv_heads = 2, .causal = true});
  expect<ShapeError>(
      [&] { narrow->mix({.x = sample({2, 1, 8}, 1), .state = state}); },
      "[multihead] the state holds keys and values (2, 3, 16), the input makes (2, T, 8)" + hint);
  expect<ValueError>([&] { mixer->mix({}); },
                     "[multihead] x is undefined\nhint: mix({.x = x}), with x (B, T, 8)");
}

BOOST_AUTO_TEST_CASE(a_context_in_a_state_is_projected_once) {
  const Tensor x = sample({2, 4, 8}, 1), context = sample({2, 7, 8}, 2);
  for (const Index kv_heads : {0, 2}) {
    for (const Index vdim : {8, 3}) {
      const auto mixer = layer({.kv_heads = kv_heads, .vdim = vdim, .cache_context = true});
      const Tensor values = vdim == 8 ? Tensor() : sample({2, 7, vdim}, 3);
      const Tensor whole = mixer->mix({.x = x, .context = context, .values = values}).y;
      std::optional<MixerState> state = MixerState{};
      for (Index t = 0; t < 4; ++t) {
        // What was projected stays: from the second token on, other numbers would not be seen.
        const Tensor given = t == 0 ? context : Tensor::zeros(context.shape());
        const Mixed mixed = mixer->mix(
            {.x = slice(x, 1, t, t + 1), .context = given, .values = values, .state = state});
        BOOST_TEST(distance(mixed.y, slice(whole, 1, t, t + 1)) < tiny);
        state = mixed.state;
      }
      expect<ShapeError>(
          [&] {
            mixer->mix({.x = x,
                        .context = sample({2, 6, 8}, 2),
                        .values = vdim == 8 ? Tensor() : sample({2, 6, vdim}, 3),
                        .state = state});
          },
          "[multihead] the state holds a context (B, S) = (2, 7), the input one of (2, 6)\n"
          "hint: a state belongs to one context");
    }
  }
  const auto without = layer({});
  BOOST_CHECK_THROW(without->mix({.x = x, .context = context, .state = MixerState{}}), ValueError);
  BOOST_CHECK_THROW(layer({.causal = true, .cache_context = true}), ValueError);
}

BOOST_AUTO_TEST_CASE(a_decoder_projects_its_memory_once) {
  Generator rng(3);
  const auto mixer = [&](bool causal) {
    return std::make_unique<MultiHead>(
        MultiHeadOptions{.width = 8, .heads = 2, .causal = causal, .cache_context = !causal}, rng);
  };
  auto own = mixer(true), cross = mixer(false);
  DecoderBlock block({.width = 8, .hidden = 12}, std::move(own), std::move(cross), rng);
  block.eval();
  const Tensor x = sample({2, 4, 8}, 1), memory = sample({2, 7, 8}, 2);
  const Tensor whole = block({.x = x, .memory = memory}).y;
  std::optional<MixerState> state = MixerState{}, memory_state = MixerState{};
  for (Index t = 0; t < 4; ++t) {
    const Decoded decoded = block({.x = slice(x, 1, t, t + 1),
                                   .memory = t == 0 ? memory : Tensor::zeros(memory.shape()),
                                   .state = state,
                                   .memory_state = memory_state});
    BOOST_TEST(distance(decoded.y, slice(whole, 1, t, t + 1)) < tiny);
    state = decoded.state;
    memory_state = decoded.memory_state;
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
