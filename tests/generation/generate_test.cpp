// Writing with a model: draws by their probabilities, beams against all texts there are.
#include "examples/generation/generate.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "examples/generation/cached_reader.h"
#include "examples/models/gpt.h"
#include "examples/pytorch/gpt2.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;
using Tokens = std::vector<std::int32_t>;

constexpr std::int32_t vocabulary = 4;

// Logits that depend on the whole text, and on nothing else.
Tensor made_up(std::span<const std::int32_t> tokens) {
  Generator rng(3);
  for (const std::int32_t token : tokens) rng = rng.stream(static_cast<std::uint64_t>(token));
  return rng.normal({1, vocabulary}, 0, 2);
}

std::vector<double> log_probabilities(std::span<const std::int32_t> tokens) {
  const Tensor logits = made_up(tokens);
  double sum = 0;
  for (const Real logit : logits.values()) sum += std::exp(static_cast<double>(logit));
  std::vector<double> result;
  for (const Real logit : logits.values()) {
    result.push_back(static_cast<double>(logit) - std::log(sum));
  }
  return result;
}

// Every text there is: up to `most` tokens, or to the first `stop`.
void all_texts(const Tokens& text, double log_probability, Index length, const BeamOptions& options,
               std::vector<Beam>& found) {
  const std::vector<double> next = log_probabilities(text);
  for (std::int32_t token = 0; token < vocabulary; ++token) {
    Tokens longer = text;
    longer.push_back(token);
    const double sum = log_probability + next[static_cast<std::size_t>(token)];
    if (token == options.stop || length == options.max_new_tokens) {
      const double score = sum / std::pow(static_cast<double>(length), options.length_penalty);
      found.push_back({longer, sum, score});
    } else {
      all_texts(longer, sum, length + 1, options, found);
    }
  }
}

BOOST_AUTO_TEST_SUITE(generation)

BOOST_AUTO_TEST_CASE(beams_of_full_width_are_an_exhaustive_search) {
  for (const double penalty : {0.0, 1.0, 2.0}) {
    for (const bool stops : {false, true}) {
      BeamOptions options{.max_new_tokens = 4, .beams = 256, .length_penalty = penalty};
      if (stops) options.stop = 2;
      std::vector<Beam> all;
      all_texts({0}, 0, 1, options, all);
      std::ranges::sort(all, [](const Beam& a, const Beam& b) { return a.score > b.score; });
      const std::vector<Beam> found = beam_search(made_up, {0}, options);
      BOOST_REQUIRE_EQUAL(found.size(), all.size());
      for (std::size_t i = 0; i < all.size(); ++i) {
        BOOST_TEST(found[i].tokens == all[i].tokens, boost::test_tools::per_element());
        BOOST_TEST(std::abs(found[i].score - all[i].score) < 1e-12);
        BOOST_TEST(std::abs(found[i].log_probability - all[i].log_probability) < 1e-12);
      }
      // Fewer may miss the best, and never name a better one than there is.
      options.beams = 3;
      const std::vector<Beam> few = beam_search(made_up, {0}, options);
      BOOST_REQUIRE_EQUAL(few.size(), 3u);
      BOOST_TEST(few[0].score <= all[0].score + 1e-12);
      BOOST_TEST(few[0].score >= few[1].score);
      BOOST_TEST(few[1].score >= few[2].score);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_beam_is_greedy) {
  Generator rng(1);
  for (std::int32_t first = 0; first < vocabulary; ++first) {
    for (const std::optional<std::int32_t> stop : {std::optional<std::int32_t>(), {1}, {3}}) {
      const Tokens greedy =
          generate(made_up, {first}, {.max_new_tokens = 9, .temperature = 0, .stop = stop}, rng);
      const auto beams =
          beam_search(made_up, {first}, {.max_new_tokens = 9, .beams = 1, .stop = stop});
      BOOST_REQUIRE_EQUAL(beams.size(), 1u);
      BOOST_TEST(beams[0].tokens == greedy, boost::test_tools::per_element());
      BOOST_TEST(
          generate(made_up, {first}, {.max_new_tokens = 9, .top_k = 1, .stop = stop}, rng) ==
              greedy,
          boost::test_tools::per_element());
      BOOST_TEST((greedy.size() == 10u || greedy.back() == stop.value_or(-1)));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_limit_is_plain_sampling) {
  const auto text = [](const GenerateOptions& options) {
    Generator rng(5);
    return generate(made_up, {0}, options, rng);
  };
  const Tokens plain = text({.max_new_tokens = 200});
  BOOST_TEST(plain == text({.max_new_tokens = 200, .top_p = 1}), boost::test_tools::per_element());
  BOOST_TEST(plain == text({.max_new_tokens = 200, .top_k = vocabulary}),
             boost::test_tools::per_element());
  BOOST_TEST(std::set<std::int32_t>(plain.begin(), plain.end()).size() == 4u);
  BOOST_TEST(plain != text({.max_new_tokens = 200, .top_p = 0.5}));
}

// What may be drawn, and how often, against sorted probabilities.
BOOST_AUTO_TEST_CASE(limits_keep_the_likeliest) {
  constexpr int draws = 4000;
  const std::vector<Real> logits{0, 2, 1, -1, std::numeric_limits<Real>::lowest()};
  for (const auto& [options, kept] :
       std::vector<std::pair<DrawOptions, std::set<std::size_t>>>{
           {{}, {0, 1, 2, 3}},
           {{.top_k = 2}, {1, 2}},
           {{.top_k = 3}, {0, 1, 2}},
           {{.top_p = 0.6}, {1}},        // 0.644, 0.237, 0.087, 0.032
           {{.top_p = 0.65}, {1, 2}},
           {{.top_p = 0.9}, {0, 1, 2}},
           {{.top_k = 2, .top_p = 0.74}, {1, 2}},  // of the two left, 0.731
           {{.top_k = 2, .top_p = 0.72}, {1}},
           {{.temperature = 2, .top_p = 0.6}, {1, 2}}}) {
    double all = 0;
    std::vector<double> expected(logits.size());
    for (const std::size_t i : kept) {
      expected[i] = std::exp(static_cast<double>(logits[i]) / options.temperature);
      all += expected[i];
    }
    std::vector<int> counts(logits.size());
    Generator rng(2);
    for (int i = 0; i < draws; ++i) {
      ++counts[static_cast<std::size_t>(draw_token(logits, options, rng))];
    }
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double p = expected[i] / all;
      // 4 standard deviations of a binomial
      BOOST_TEST(std::abs(counts[i] / double(draws) - p) <= 4 * std::sqrt(p * (1 - p) / draws));
    }
  }
  Generator rng(1);
  const std::vector<Real> equal{1, 1, 1};
  for (int i = 0; i < 50; ++i) {
    BOOST_TEST(draw_token(equal, {.top_k = 2}, rng) < 2);  // the first of equal ones
    BOOST_TEST(draw_token(equal, {.top_p = 1e-9}, rng) == 0);
  }
}

// Texts part ways and keep a memory each: with the cache of a model as without.
BOOST_AUTO_TEST_CASE(beams_of_a_model_with_a_state) {
  Generator rng(4);
  const Gpt gpt({.vocabulary = 7, .context = 8, .width = 8, .layers = 2, .heads = 2}, rng);
  const Gpt2 gpt2(
      {.vocabulary = 7, .context = 8, .width = 8, .hidden = 16, .layers = 2, .heads = 2}, rng);
  for (const Parameter& p : gpt.parameters()) p.value.assign(rng.normal(p.value.shape()));
  for (const Parameter& p : gpt2.parameters()) p.value.assign(rng.normal(p.value.shape()));
  const auto same = [&](const auto& model) {
    // Beyond the context too, where the window slides.
    const BeamOptions options{.max_new_tokens = 9, .beams = 5};
    const auto with = beam_search(CachedReader(model), {1, 2}, options);
    const auto without = beam_search(CachedReader(model, false), {1, 2}, options);
    BOOST_REQUIRE_EQUAL(with.size(), 5u);
    for (std::size_t i = 0; i < with.size(); ++i) {
      BOOST_TEST(with[i].tokens == without[i].tokens, boost::test_tools::per_element());
      BOOST_TEST(std::abs(with[i].score - without[i].score) < 1e-9);
    }
    Generator a(1), b(1);
    BOOST_TEST(generate(CachedReader(model), {3}, {.max_new_tokens = 20}, a) ==
                   generate(CachedReader(model, false), {3}, {.max_new_tokens = 20}, b),
               boost::test_tools::per_element());
  };
  same(gpt);
  same(gpt2);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Generator rng(1);
  expect_throw<ValueError>(
      [&] { generate(made_up, {}, {}, rng); },
      "[generate] needs a prompt and max_new_tokens >= 0: 0 tokens, 20");
  const std::string range =
      "[generate] needs temperature >= 0, top_k >= 0 and top_p in (0, 1], got ";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect_throw<ValueError>([&] { generate(made_up, {1}, {.temperature = nan}, rng); },
                           range + "nan, 0 and 1");
  expect_throw<ValueError>([&] { generate(made_up, {1}, {.top_p = 0}, rng); },
                           range + "1, 0 and 0");
  BOOST_CHECK_THROW(generate(made_up, {1}, {.top_k = -1}, rng), ValueError);
  BOOST_CHECK_THROW(generate(made_up, {1}, {.max_new_tokens = -1}, rng), ValueError);
  expect_throw<ValueError>([&] { beam_search(made_up, {1}, {.beams = 0}); },
                           "[beam_search] needs beams >= 1 and length_penalty >= 0, got 0 and 1");
  // What a model may answer by mistake.
  const auto answers = [&](const Tensor& logits) {
    generate([logits](std::span<const std::int32_t>) { return logits; }, {1}, {}, rng);
  };
  const std::string wanted = "[generate] the model must answer with logits (..., V), got ";
  expect_throw<ShapeError>([&] { answers(Tensor::scalar(1)); }, wanted + "()");
  expect_throw<ShapeError>([&] { answers(Tensor::zeros({0, 5})); }, wanted + "(0, 5)");
  expect_throw<ShapeError>([&] { answers({}); }, wanted + "an undefined tensor");
  expect_throw<ValueError>([&] { generate({}, {1}, {}, rng); },
                           "[generate] there is no model: the function is empty");
  expect_throw<ValueError>([&] { beam_search({}, {1}, {}); },
                           "[beam_search] there is no model: the function is empty");
  const Real infinity = std::numeric_limits<Real>::infinity();
  expect_throw<ValueError>(
      [&] { draw_token(std::vector<Real>{-infinity, -infinity}, {}, rng); },
      "[generate] the largest logit must be a number, neither inf nor -inf");
  expect_throw<ValueError>(
      [&] { draw_token(std::vector<Real>{0, std::numeric_limits<Real>::quiet_NaN()}, {}, rng); },
      "[generate] a logit is NaN");
  BOOST_TEST(draw_token(std::vector<Real>{-infinity, 0}, {}, rng) == 1);
  BOOST_TEST(generate(made_up, {}, {.max_new_tokens = 0}, rng).empty());
  BOOST_TEST(beam_search(made_up, {1}, {.max_new_tokens = 0})[0].tokens.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
