// Relative positions as an option: the same in every mechanism that has it.
#include "attention/positions.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "attention/catalog.h"
#include "attention/dense/multi_head.h"
#include "attention/masks.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/sparse_work.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;
constexpr Positions kinds[] = {Positions::rotary, Positions::alibi, Positions::relative,
                               Positions::t5};

struct Taken {
  const Mechanism* mechanism;
  Positions kind;
  std::string name() const {
    return mechanism->name + ", " + position_names()[static_cast<std::size_t>(kind)];
  }
  Subject subject(bool is_causal, Positions positions) const {
    return Subject(*mechanism, small_config(is_causal), false,
                   {{"positions", static_cast<double>(positions)}});
  }
  Subject subject(bool is_causal) const { return subject(is_causal, kind); }
};

// Every mechanism that has the option, with every choice.
std::vector<Taken> all() {
  std::vector<Taken> taken;
  for (const Mechanism& mechanism : catalog()) {
    if (choices(mechanism.name, "positions").empty()) continue;
    for (const Positions kind : kinds) taken.push_back({&mechanism, kind});
  }
  return taken;
}

void expect_close(const Tensor& found, const Tensor& expected, double bar,
                  const std::string& what) {
  const double off = distance(found, expected);
  BOOST_TEST(off < bar, what << ": off by " << off);
}

MultiHead layer(Positions kind, bool is_causal = false) {
  Generator rng(3);
  return MultiHead({.width = 8, .heads = 2, .causal = is_causal, .positions = kind}, rng);
}

BOOST_AUTO_TEST_SUITE(relative_positions)

BOOST_AUTO_TEST_CASE(every_dot_product_row_takes_them) {
  std::set<std::string> names;
  for (const Taken& taken : all()) names.insert(taken.mechanism->name);
  for (const char* name :
       {"multihead", "self", "causal", "scaled-dot", "dot", "multi-query", "grouped", "bert",
        "doubly-stochastic", "cosine", "adaptive-entmax", "local", "strided", "fixed",
        "global-tokens", "bigbird", "top-k", "hybrid"}) {
    BOOST_TEST(names.contains(name), name);
  }
}

// Seen and unseen, by its own code and on the readable path, a mechanism is one function.
BOOST_AUTO_TEST_CASE(what_is_looked_at_is_what_is_computed) {
  for (const Taken& taken : all()) {
    for (const Form& form : forms_of(*taken.mechanism)) {
      if (form.cross) continue;
      const Subject subject = taken.subject(form.causal);
      const Call call{.x = sample({2, 13, width}, 4)};
      const std::vector<Tensor> plain = values_and_gradients(subject, call);
      const MapRecorder recorder;
      expect_close(subject(call), plain[0], tiny, taken.name());
    }
  }
}

BOOST_AUTO_TEST_CASE(they_are_not_ignored) {
  for (const Taken& taken : all()) {
    const Tensor x = sample({1, 7, width}, 4);
    const Tensor without = taken.subject(false, Positions::none)(x);
    BOOST_TEST(distance(taken.subject(false)(x), without) > 1e-3, taken.name());
  }
}

// Who writes a token after the other has what one pass over all has.
BOOST_AUTO_TEST_CASE(a_cache_keeps_where_its_tokens_stood) {
  for (const Taken& taken : all()) {
    if (!taken.mechanism->mixer->can.cache) continue;
    const Subject subject = taken.subject(true);
    const Tensor x = sample({2, 9, width}, 6);
    const Tensor whole = subject(x);
    MixerState state;
    for (Index from = 0; from < 9;) {
      const Index to = std::min<Index>(9, from == 0 ? 4 : from + 1);
      const Mixed step = subject.mixer().mix({.x = slice(x, 1, from, to), .state = state});
      state = *step.state;
      expect_close(step.y, slice(whole, 1, from, to), tiny, taken.name());
      from = to;
    }
  }
}

// A text behind hidden tokens is the same text: only distances count.
BOOST_AUTO_TEST_CASE(a_text_that_is_moved_stays_what_it_was) {
  for (const Taken& taken : all()) {
    const std::string& name = taken.mechanism->name;
    // Their patterns go by places.
    if (name == "fixed" || name == "global-tokens" || name == "bigbird") continue;
    for (const bool is_causal : {false, true}) {
      if (is_causal && !taken.mechanism->mixer->can.causal) continue;
      const Subject subject = taken.subject(is_causal);
      const Tensor x = sample({2, 6, width}, 8);
      const Tensor moved = concat({sample({2, 3, width}, 9), x}, 1);
      const Mask hidden = Mask({1, 1, 1, 9}, {0, 0, 0, 1, 1, 1, 1, 1, 1});
      const Tensor y = slice(subject({.x = moved, .mask = hidden}), 1, 3, 9);
      expect_close(y, subject(x), 1e-11, taken.name());
    }
  }
}

BOOST_AUTO_TEST_CASE(positions_of_nothing_change_nothing) {
  const Tensor x = sample({2, 5, 8}, 1);
  const Tensor plain = layer(Positions::none).mix({.x = x}).y;
  for (const Positions kind : {Positions::relative, Positions::t5}) {
    const MultiHead zero = layer(kind);
    for (const Parameter& parameter : zero.parameters()) {
      if (!parameter.name.starts_with("positions.")) continue;
      parameter.value.assign(Tensor::zeros(parameter.value.shape()));
    }
    BOOST_TEST(distance(zero.mix({.x = x}).y, plain) < tiny);
  }
  const Tensor one = sample({2, 1, 8}, 1);  // which has no distance to anything
  BOOST_TEST(distance(layer(Positions::rotary).mix({.x = one}).y,
                      layer(Positions::none).mix({.x = one}).y) < tiny);
}

BOOST_AUTO_TEST_CASE(gradients_reach_all_parameters) {
  for (const Positions kind : kinds) {
    const MultiHead mixer = layer(kind, true);
    std::vector<Tensor> wanted{sample({1, 4, 8}, 2)};
    for (const Parameter& parameter : mixer.parameters()) wanted.push_back(parameter.value);
    gradcheck("positions", [&](const std::vector<Tensor>& at) {
      return mixer.mix({.x = at[0]}).y;
    }, wanted);
  }
}

// From the papers: pairs of features turned, and what is added to the scores.
BOOST_AUTO_TEST_CASE(scores_as_the_papers_have_them) {
  Generator rng(5);
  const Tensor x = sample({1, 6, 4}, 3);
  for (const Positions kind : kinds) {
    const MultiHead mixer({.width = 4, .heads = 1, .positions = kind, .projections = false}, rng);
    const Tensor table = mixer.parameters().empty() ? Tensor() : mixer.parameters()[0].value;
    MapRecorder recorder;
    mixer.mix({.x = x});
    const Tensor found = recorder.maps()[0].weights;  // (1, 1, 6, 6)
    for (Index i = 0; i < 6; ++i) {
      std::vector<double> scores;
      double all = 0;
      for (Index j = 0; j < 6; ++j) {
        const auto at = [&](Index t, Index c) { return x.values()[std::size_t(t * 4 + c)]; };
        const double away = static_cast<double>(j - i);
        double score = 0;
        for (Index c = 0; c < 2; ++c) {  // the pair c, c + 2
          const double angle = kind == Positions::rotary ? -away * (c == 0 ? 1 : 0.01) : 0;
          score += std::cos(angle) * (at(i, c) * at(j, c) + at(i, c + 2) * at(j, c + 2)) +
                   std::sin(angle) * (at(i, c) * at(j, c + 2) - at(i, c + 2) * at(j, c));
        }
        const Index row = j - i;  // within the reach of the tables: one row a distance
        if (kind == Positions::relative) {
          for (Index c = 0; c < 4; ++c) {
            score += at(i, c) * table.values()[std::size_t((row + 8) * 4 + c)];
          }
        }
        score /= 2;  // sqrt(D)
        if (kind == Positions::alibi) score -= std::abs(away) / 256;
        if (kind == Positions::t5) score += table.values()[std::size_t(row > 0 ? 16 + row : -row)];
        scores.push_back(std::exp(score));
        all += scores.back();
      }
      for (std::size_t j = 0; j < 6; ++j) {
        const double got = found.values()[std::size_t(i) * 6 + j];
        const double off = std::abs(got - scores[j] / all);
        BOOST_TEST(off < tiny, position_names()[std::size_t(kind)] << ": off by " << off);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  const auto says = [](const std::string& words) {
    return [words](const ValueError& error) {
      return std::string(error.what()).find(words) != std::string::npos;
    };
  };
  const Tensor x = sample({1, 3, 8}, 1);
  BOOST_CHECK_EXCEPTION(layer(Positions::alibi).mix({.x = x, .context = x}), ValueError,
                        says("[multihead] positions are of one sequence"));
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(
      MultiHead({.width = 3, .positions = Positions::rotary}, rng), ValueError,
      says("[multihead] rotary positions turn pairs of features: heads of size 3 are odd"));
  BOOST_CHECK_EXCEPTION(
      find("top-k").make(small_config(), rng, find("top-k").values({{"positions", 9}})), ValueError,
      says("[top-k] positions must be one of none, rotary, alibi, relative, t5: 9"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
