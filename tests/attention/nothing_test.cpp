// No tokens, nothing to look at, no samples, no width: every mixer answers with a result of that
// size, or refuses in its own name.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "attention/catalog.h"
#include "autograd/ops.h"
#include "tests/framework/generated.h"
#include "tests/framework/thrown.h"

namespace heed_test {

using namespace heed;
using namespace heed::attention;

namespace {

constexpr Index width = 8, several = 3;

// y of an input (batch, tokens, width) and, where there must be one or `keys` says so, a context.
Tensor answer(const Mechanism& mechanism, bool is_causal, Index batch, Index tokens, Index keys) {
  Generator rng(1);
  const auto mixer =
      mechanism.make({.width = width, .heads = 1, .causal = is_causal, .length = several}, rng);
  mixer->seed_draws(2, 0);
  MixerInput input;
  input.x = rng.normal({batch, tokens, width});
  if (keys >= 0 || !mechanism.mixer->can.self) {
    input.context = rng.normal({batch, std::max<Index>(keys, 0), width});
  }
  return mixer->mix(input).y;
}

// Or the words with which it refuses.
std::string of_nothing(const Mechanism& mechanism, bool is_causal, Index batch, Index tokens,
                       Index keys) {
  Shape shape;
  const std::string refused = thrown<std::exception>(
      [&] { shape = answer(mechanism, is_causal, batch, tokens, keys).shape(); });
  if (refused.starts_with(fmt::format("[{}] ", mechanism.name))) return "";
  if (refused != "nothing") return refused;
  const bool fits = !mechanism.mixer->can.tokens || shape == Shape{batch, tokens, width};
  return fits ? "" : "y " + shape.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nothing)

BOOST_AUTO_TEST_CASE(each_mixer_answers_or_refuses_in_its_own_name) {
  std::size_t tried = 0;
  for (const Mechanism& mechanism : catalog()) {
    if (!mechanism.mixer) continue;
    const Capabilities& can = mechanism.mixer->can;
    const Index keys = can.self ? -1 : several;
    for (const bool is_causal : {false, true}) {
      if (is_causal && !can.causal) continue;
      for (const auto& [batch, tokens] : {std::pair<Index, Index>{2, 0}, {0, several}, {0, 0}}) {
        const std::string wrong = of_nothing(mechanism, is_causal, batch, tokens, keys);
        expect(wrong.empty(), fmt::format("{}, x ({}, {}, C): {}", mechanism.name, batch, tokens,
                                          wrong));
        ++tried;
      }
    }
    if (can.cross) {
      const std::string wrong = of_nothing(mechanism, false, 2, several, 0);
      expect(wrong.empty(), fmt::format("{}, context (2, 0, C): {}", mechanism.name, wrong));
    }
  }
  BOOST_TEST(tried > 100U);
}

BOOST_AUTO_TEST_CASE(no_width_is_refused_in_the_name_of_the_mechanism) {
  for (const Mechanism& mechanism : catalog()) {
    if (!mechanism.mixer) continue;
    Generator rng(1);
    for (const MixerShape& shape : {MixerShape{.width = 0}, MixerShape{.width = 8, .heads = 0}}) {
      const std::string said = thrown<ValueError>([&] { mechanism.make(shape, rng); });
      expect(said.starts_with(fmt::format("[{}] ", mechanism.name)) &&
                 said.ends_with("must be at least 1, got 0"),
             mechanism.name + ": " + said);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
