// BERT: what it sees, and how tokens are hidden.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/block.h"
#include "attention/catalog.h"
#include "attention/training/bert.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index rows = 300, length = 100, vocabulary = 20;
constexpr std::int32_t mask_token = 20;
constexpr MaskingOptions as_published{.vocabulary = vocabulary, .mask_token = mask_token};

Indices text(std::uint64_t seed) {
  Generator rng(seed);
  std::vector<std::int32_t> tokens(static_cast<std::size_t>(rows * length));
  for (std::int32_t& token : tokens) token = rng.below(vocabulary);
  return Indices({rows, length}, std::move(tokens));
}

bool within_four_sigma(Index count, Index of, double p) {
  const auto n = static_cast<double>(of);
  return std::abs(static_cast<double>(count) - n * p) <= 4 * std::sqrt(n * p * (1 - p));
}

std::unique_ptr<EncoderBlock> block_around(const std::string& mechanism) {
  Generator rng(3);
  auto mixer = find(mechanism).make({.width = width, .heads = heads}, rng);
  return std::make_unique<EncoderBlock>(BlockOptions{.width = width}, std::move(mixer), rng);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bert)

BOOST_AUTO_TEST_CASE(bert_with_a_causal_mask_is_gpt) {
  const auto bert = block_around("bert"), gpt = block_around("causal");
  copy_parameters(*bert, *gpt);
  const Tensor x = sample({2, 6, width}, 1);
  const Mask past = causal().expand(6, 6).reshape({1, 1, 6, 6});
  BOOST_TEST(distance((*bert)(x, past), (*gpt)(x)) < 1e-12);
  BOOST_TEST(distance((*bert)(x), (*gpt)(x)) > 1e-3);
}

// The opposite of the law for causal ones.
BOOST_AUTO_TEST_CASE(everything_to_the_right_is_seen) {
  const auto bert = block_around("bert");
  const Influence seen =
      influence([&](const Tensor& x) { return (*bert)(x); }, sample({1, 6, width}, 2));
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = i + 1; j < 6; ++j) BOOST_TEST(seen[i][j] > 0);
  }
}

BOOST_AUTO_TEST_CASE(shares_are_those_of_the_paper) {
  Generator rng(5);
  const Indices original = text(4);
  const MaskedTokens made = mask_tokens(original, as_published, rng);
  Index chosen = 0, masked = 0, same = 0;
  std::vector<Index> replaced(vocabulary, 0);
  for (Index i = 0; i < original.size(); ++i) {
    if (made.labels[i] == -100) {
      BOOST_REQUIRE(made.tokens[i] == original[i]);
      continue;
    }
    BOOST_REQUIRE(made.labels[i] == original[i]);
    ++chosen;
    if (made.tokens[i] == mask_token) {
      ++masked;
    } else if (made.tokens[i] == original[i]) {
      ++same;
    } else {
      ++replaced[static_cast<std::size_t>(made.tokens[i])];
    }
  }
  BOOST_TEST(within_four_sigma(chosen, original.size(), 0.15));
  BOOST_TEST(within_four_sigma(masked, chosen, 0.8));
  // One replacement in twenty is what stood there.
  BOOST_TEST(within_four_sigma(same, chosen, 0.1 + 0.1 / vocabulary));
  const Index others = chosen - masked - same;
  for (const Index one : replaced) BOOST_TEST(within_four_sigma(one, others, 1.0 / vocabulary));
}

BOOST_AUTO_TEST_CASE(shares_may_be_others) {
  Generator rng(6);
  const Indices original = text(7);
  const MaskedTokens all = mask_tokens(
      original, {.vocabulary = 1, .mask_token = 9, .chosen = 1, .masked = 0, .random = 1}, rng);
  for (Index i = 0; i < original.size(); ++i) {
    BOOST_REQUIRE(all.labels[i] == original[i]);
    BOOST_REQUIRE(all.tokens[i] == 0);
  }
}

BOOST_AUTO_TEST_CASE(only_candidates_are_chosen_and_at_least_one) {
  Generator rng(8);
  const Indices original = text(9);
  std::vector<std::uint8_t> may(static_cast<std::size_t>(original.size()));
  for (std::size_t i = 0; i < may.size(); ++i) may[i] = i % length < 4 ? 1 : 0;
  const Mask candidates(original.shape(), may);
  MaskingOptions options = as_published;
  const auto chosen_by_row = [&] {
    const MaskedTokens made = mask_tokens(original, options, rng, candidates);
    std::vector<Index> chosen(rows, 0);
    for (Index i = 0; i < original.size(); ++i) {
      if (made.labels[i] == -100) continue;
      BOOST_REQUIRE(i % length < 4);
      ++chosen[static_cast<std::size_t>(i / length)];
    }
    return chosen;
  };
  const std::vector<Index> by_chance = chosen_by_row();
  BOOST_TEST(within_four_sigma(std::ranges::count(by_chance, 0), rows, std::pow(0.85, 4)));
  options.at_least_one = true;
  BOOST_TEST(std::ranges::count(chosen_by_row(), 0) == 0);
}

BOOST_AUTO_TEST_CASE(loss_is_of_the_chosen_alone) {
  Generator rng(10);
  const Indices original = text(11);
  const MaskedTokens made = mask_tokens(original, as_published, rng);
  Tensor logits = sample({rows, length, vocabulary}, 12);
  logits.require_grad();
  cross_entropy(logits, made.labels).backward();
  for (Index i = 0; i < original.size(); ++i) {
    double moved = 0;
    for (Index v = 0; v < vocabulary; ++v) {
      moved += std::abs(static_cast<double>(logits.grad().data()[i * vocabulary + v]));
    }
    BOOST_REQUIRE((moved > 0) == (made.labels[i] != -100));
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_hides_the_same) {
  Generator first(13), second(13), third(14);
  const Indices original = text(15);
  const auto hidden = [&](Generator& rng) { return mask_tokens(original, as_published, rng); };
  const MaskedTokens a = hidden(first), b = hidden(second), c = hidden(third);
  BOOST_TEST(std::ranges::equal(a.tokens.values(), b.tokens.values()));
  BOOST_TEST(std::ranges::equal(a.labels.values(), b.labels.values()));
  BOOST_TEST(!std::ranges::equal(a.labels.values(), c.labels.values()));
}

BOOST_AUTO_TEST_CASE(wrong_shares_and_shapes_are_refused) {
  Generator rng(16);
  const Indices two({1, 2}, {0, 1});
  const auto says = [](const std::string& words) {
    return [words](const std::exception& error) { return std::string(error.what()) == words; };
  };
  BOOST_CHECK_EXCEPTION(
      mask_tokens(two, {.vocabulary = 2, .masked = 0.8, .random = 0.3}, rng), ValueError,
      says("[mask_tokens] shares must be in [0, 1], masked and random at most 1 together: chosen "
           "0.15, masked 0.8, random 0.3"));
  BOOST_CHECK_THROW(mask_tokens(two, {.vocabulary = 2, .chosen = std::nan("")}, rng), ValueError);
  BOOST_CHECK_EXCEPTION(mask_tokens(two, {}, rng), ValueError,
                        says("[mask_tokens] vocabulary must be at least 1: 0"));
  BOOST_CHECK_EXCEPTION(
      mask_tokens(two, {.vocabulary = 2}, rng, Mask({2}, {1, 1})), ShapeError,
      says("[mask_tokens] candidates must have the shape of the tokens (1, 2): got (2)"));
  BOOST_CHECK_EXCEPTION(
      mask_tokens(two, {.vocabulary = 2, .at_least_one = true}, rng, Mask({1, 2}, {0, 0})),
      ValueError, says("[mask_tokens] at least one token a row, and a row has no candidate"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
