// Blocks: single layer and many, residual paths, state.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "attention/block.h"
#include "attention/dense/multi_head.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

// A window of 1 where there is one.
OptionValues options_of(const Mechanism& mechanism) {
  const bool has = std::ranges::count(mechanism.options, "window", &Option::name) > 0;
  return has ? mechanism.values({{"window", 1}}) : mechanism.values();
}

std::unique_ptr<EncoderBlock> encoder(const char* mixer, bool norm_first, bool is_causal = false) {
  Generator rng(3);
  const MixerShape config{.width = 6, .heads = 2, .causal = is_causal};
  auto block = std::make_unique<EncoderBlock>(
      BlockOptions{.width = 6, .hidden = 8, .norm_first = norm_first},
      find(mixer).make(config, rng, options_of(find(mixer))), rng);
  block->eval();
  return block;
}

void zero(const nn::Module& module, const std::string& name) {
  const Tensor w = parameter_of(module, name);
  w.assign(Tensor::zeros(w.shape()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(blocks)

BOOST_AUTO_TEST_CASE(names_are_those_of_pytorch) {
  std::set<std::string> names;
  for (const Parameter& p : encoder("multihead", true)->parameters()) names.insert(p.name);
  const std::set<std::string> expected{"self_attn.in_proj_weight",
                                       "self_attn.in_proj_bias",
                                       "self_attn.out_proj.weight",
                                       "self_attn.out_proj.bias",
                                       "linear1.weight",
                                       "linear1.bias",
                                       "linear2.weight",
                                       "linear2.bias",
                                       "norm1.weight",
                                       "norm1.bias",
                                       "norm2.weight",
                                       "norm2.bias"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(silent_block_is_identity) {
  // A stack with such blocks in it equals the stack without them.
  const auto silent = encoder("multihead", true), real = encoder("multihead", true);
  for (const char* name :
       {"self_attn.out_proj.weight", "self_attn.out_proj.bias", "linear2.weight", "linear2.bias"}) {
    zero(*silent, name);
  }
  const Tensor x = sample({2, 5, 6}, 1);
  BOOST_TEST(distance((*silent)(x), x) == 0.0);
  BOOST_TEST(distance((*silent)((*real)((*silent)(x))), (*real)(x)) == 0.0);
  BOOST_TEST(distance((*real)(x), x) > 0.1);
}

BOOST_AUTO_TEST_CASE(support_of_a_stack_is_the_power_of_its_pattern) {
  const auto block = encoder("local", true, true);  // sees i - 1 and i
  for (Index layers = 1; layers <= 3; ++layers) {
    const auto stack = [&](Tensor x) {
      for (Index layer = 0; layer < layers; ++layer) x = (*block)(x);
      return x;
    };
    const Influence seen = influence(stack, sample({1, 8, 6}, 2));
    for (Index i = 0; i < 8; ++i) {
      for (Index j = 0; j < 8; ++j) {
        const bool reaches = j <= i && i - j <= layers;
        BOOST_TEST((seen[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] != 0) ==
                   reaches);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(post_norm_output_is_normal) {
  const Tensor y = (*encoder("self", false))(sample({2, 5, 6}, 3));
  BOOST_TEST(largest(mean(y, {2})) < 1e-12);
  BOOST_TEST(distance(mean(square(y), {2}), Tensor::ones({2, 5})) < 1e-3);
}

BOOST_AUTO_TEST_CASE(block_decodes_with_a_state) {
  const auto block = encoder("multihead", true, true);
  const Tensor x = sample({2, 6, 6}, 4);
  const Tensor all = (*block)(x);
  std::optional<MixerState> state = MixerState{};
  for (Index t = 0; t < 6; ++t) {
    const Mixed mixed = (*block)(MixerInput{.x = slice(x, 1, t, t + 1), .state = state});
    BOOST_TEST(distance(mixed.y, slice(all, 1, t, t + 1)) < 1e-12);
    state = mixed.state;
  }
}

BOOST_AUTO_TEST_CASE(a_block_names_itself) {
  Generator rng(1);
  const auto mixer = [&] { return find("multihead").make({.width = 6, .heads = 2}, rng); };
  expect_throw<ValueError>([&] { EncoderBlock({}, mixer(), rng); },
                           "[EncoderBlock] needs a width, and hidden >= 0: got 0 and 0");
  expect_throw<ValueError>(
      [&] { DecoderBlock({.width = 6, .hidden = -1}, mixer(), mixer(), rng); },
      "[DecoderBlock] needs a width, and hidden >= 0: got 6 and -1");
}

BOOST_AUTO_TEST_CASE(decoder_sees_its_past_and_the_whole_memory) {
  Generator rng(5);
  const MixerShape causal_config{.width = 6, .heads = 2, .causal = true};
  const MixerShape config{.width = 6, .heads = 2};
  DecoderBlock block({.width = 6}, find("multihead").make(causal_config, rng),
                     find("cross").make(config, rng), rng);
  block.eval();
  const Tensor x = sample({2, 4, 6}, 6), memory = sample({2, 5, 6}, 7);
  const Influence own = influence([&](const Tensor& leaf) { return block(leaf, memory); }, x);
  const Influence other = influence([&](const Tensor& leaf) { return block(x, leaf); }, memory);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) BOOST_TEST((own[i][j] != 0) == (j <= i));
    for (std::size_t j = 0; j < 5; ++j) BOOST_TEST(other[i][j] != 0);
  }
}

BOOST_AUTO_TEST_CASE(a_decoder_that_sees_its_future_says_so) {
  Generator rng(5);
  const auto described = [&](bool causal) {
    const MixerShape shape{.width = 6, .heads = 2, .causal = causal};
    const DecoderBlock block({.width = 6}, find("multihead").make(shape, rng),
                             find("cross").make({.width = 6, .heads = 2}, rng), rng);
    return block.describe();
  };
  BOOST_TEST(described(false).find("self-attention sees later positions") != std::string::npos);
  BOOST_TEST(described(true).find("self-attention") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
