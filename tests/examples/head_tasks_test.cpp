// What the tasks on heads tell of them, on maps and losses made by hand; the texts of the grammar.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "attention/heads/arcs.h"
#include "attention/heads/head_gates.h"
#include "autograd/ops.h"
#include "examples/models/head_figures.h"
#include "examples/tasks/sequences/induction_heads.h"
#include "examples/tasks/tasks.h"
#include "examples/tasks/text/grammar_heads.h"

namespace heed::tasks {
namespace {

using boost::test_tools::tolerance;

BOOST_AUTO_TEST_SUITE(head_tasks)

// One row of two heads of a map over `length` tokens; all other rows look at themselves.
Tensor with_row(Index length, Index row, const std::vector<Real>& one,
                const std::vector<Real>& other) {
  std::vector<Real> weights(static_cast<std::size_t>(2 * length * length));
  for (Index h = 0; h < 2; ++h) {
    for (Index i = 0; i < length; ++i) {
      for (Index j = 0; j < length; ++j) {
        const Real there = (h == 0 ? one : other)[static_cast<std::size_t>(j)];
        weights[static_cast<std::size_t>((h * length + i) * length + j)] =
            i == row ? there : Real(i == j ? 1 : 0);
      }
    }
  }
  return Tensor({1, 2, length, length}, std::move(weights));
}

BOOST_AUTO_TEST_CASE(heads_of_induction_are_scored_where_they_should_look) {
  const Indices text({1, 6}, {5, 0, 7, 5, 7, 0});
  const Tensor last = with_row(6, 5, {0, 0.25, 0.5, 0, 0.125, 0.125}, {1, 0, 0, 0, 0, 0});
  BOOST_TEST(on_the_answer(last, text).data()[0] == 0.5F);
  BOOST_TEST(on_the_answer(last, text).data()[1] == 0.0F);
  BOOST_TEST(on_the_first_marker(last, text).data()[0] == 0.25F);
  BOOST_TEST(on_the_marker_before(last, text).data()[0] == 0.0F);
  const Tensor behind = with_row(6, 2, {0.25, 0.75, 0, 0, 0, 0}, {0, 0, 1, 0, 0, 0});
  BOOST_TEST(on_the_marker_before(behind, text).data()[0] == 0.75F);
  BOOST_TEST(on_the_marker_before(behind, text).data()[1] == 0.0F);
  BOOST_TEST(on_the_answer(behind, text).data()[0] == 0.0F);
}

BOOST_AUTO_TEST_CASE(half_of_the_way_lies_behind_where_it_jumps) {
  const std::vector<Watched> moments = {{3, 0}, {3.25, 0.1}, {1.5, 0.2}, {0.5, 0.25}, {0, 0.9}};
  BOOST_TEST(half_way(moments, &Watched::loss) == 0.5);
  BOOST_TEST(half_way(moments, &Watched::score) == 1.0);
}

BOOST_AUTO_TEST_CASE(heads_that_stand_in_for_each_other_are_missed_together) {
  // A layer of heads that add up, and one of two that say the same.
  const Tensor first({1, 2, 1, 1}, {0.25, 0.125}), second({1, 2, 1, 1}, {1, 1});
  const auto loss = [&] {
    const Tensor added = sum(attention::gated(first));
    return relu(1.0 - sum(attention::gated(second))) - added;
  };
  BOOST_TEST(models::cost_without({1}, {2, 2}, loss) == 0.125);
  BOOST_TEST(models::cost_without({0, 3}, {2, 2}, loss) == 0.25);
  study::Details found;
  tell_removal(Tensor({4}, {0, 0.125, 0.75, 1}), {2, 2}, loss, found);
  BOOST_TEST(found.at("without its best head") == 0.0);
  BOOST_TEST(found.at("without one of the others") == 0.1875);
  BOOST_TEST(found.at("induction heads") == 2.0);
  BOOST_TEST(found.at("without its induction heads") == 1.0);
  BOOST_TEST(found.at("without as many others") == 0.375, tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(watching_induction_changes_no_training) {
  const study::Task& task = find("induction");
  Generator start(1);
  const auto study = task.make({.settings = task.settings,
                                .make_mixer =
                                    [](const attention::MixerShape& shape, Generator& weights) {
                                      return study::make_mixer("causal", {}, shape, weights);
                                    }},
                               start);
  Generator samples(2), same_samples(2);
  study->draw(8, study::Split::train, samples);  // the first is looked at
  BOOST_TEST(study->training());
  const Real watched = study->loss().item();
  study->draw(8, study::Split::train, same_samples);  // the second is not
  BOOST_TEST(study->loss().item() == watched);
}

BOOST_AUTO_TEST_CASE(a_head_that_follows_arcs_is_ahead_of_its_offset) {
  // Verbs belong to key 0 wherever they stand, possessives to the token before, pronouns to none of
  // the keys that a head looks at.
  const std::int32_t no = attention::no_arc;
  const std::vector<Indices> gold = {Indices({1, 4}, {no, 0, 0, 0}), Indices({1, 4}, {no, 0, 1, 2}),
                                     Indices({1, 4}, {3, no, no, no})};
  const Tensor first({1, 1, 4, 4}, {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0});
  const Tensor before({1, 1, 4, 4}, {1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0});
  study::Details found;
  tell_arcs({before, first}, gold, found);
  BOOST_TEST(found.at("verb: best head") == 1.0);
  BOOST_TEST(found.at("verb: best offset") == 1.0 / 3, tolerance(1e-6));
  BOOST_TEST(found.at("possessive: best head") == 1.0);
  BOOST_TEST(found.at("possessive: best offset") == 1.0);
  BOOST_TEST(found.at("pronoun: best head") == 0.0);
  BOOST_TEST(found.at("pronoun: best offset") == 1.0);
  BOOST_TEST(found.at("best head ahead of its offset") == 2.0 / 3, tolerance(1e-6));
  // Half of each layer's weight stays: key 0 has .75, the token before at most .25.
  BOOST_TEST(found.at("verb: rollout") == 1.0);
  BOOST_TEST(found.at("possessive: rollout") == 1.0 / 3, tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(rows_are_told_by_their_extremes) {
  const Tensor even = Tensor::full({1, 1, 4, 4}, 0.25);
  const Tensor first({1, 1, 4, 4}, {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0});
  study::Details found;
  models::tell_rows({even, first}, found);
  BOOST_TEST(found.at("entropy, least") == 0.0);
  BOOST_TEST(found.at("entropy, most") == std::log(4.0), tolerance(1e-6));
  BOOST_TEST(found.at("distance, least") == 1.25, tolerance(1e-6));  // (6 + 4 + 4 + 6) / 16
  BOOST_TEST(found.at("distance, most") == 1.5, tolerance(1e-6));    // (0 + 1 + 2 + 3) / 4
  BOOST_TEST(found.at("first token, least") == 0.25, tolerance(1e-6));
  BOOST_TEST(found.at("first token, most") == 1.0, tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(heads_are_worth_what_their_removal_costs) {
  // Three heads at two positions; only the first position counts.
  const Tensor said({1, 3, 2, 1}, {3, 13, 1, -11, 2, -4}), counted({2, 1}, {-1, 0});
  const auto loss = [&] { return sum(attention::gated(said) * counted); };
  BOOST_TEST(models::gated_heads(loss) == 3);
  BOOST_TEST(models::gated_heads([&] { return sum(said); }) == 0);
  study::Details found;
  const Tensor costs = models::tell_worth(loss, found);
  BOOST_TEST(costs.data()[0] == 3.0F);
  BOOST_TEST(costs.data()[1] == 1.0F);
  BOOST_TEST(costs.data()[2] == 2.0F);
  BOOST_TEST(found.at("cost of a head, least") == 1.0);
  BOOST_TEST(found.at("cost of a head, most") == 3.0);
  BOOST_TEST(found.at("importance against removal") == 1.0, tolerance(1e-6));
  // Towards the mean: costs -5, 6, 3, slopes 5, 6, 3.
  BOOST_TEST(found.at("importance against removal, mean") == 0.5, tolerance(1e-6));
}

// The words, by the places of the vocabulary: noun, pronoun, verb, possessive.
struct Word {
  char sort = ' ';
  std::int32_t kind = -1, number = -1;
};
Word word_of(std::int32_t word) {
  if (word >= 2 && word < 14) return {'n', (word - 2) / 4, (word - 2) / 2 % 2};
  if (word >= 14 && word < 20) return {'p', (word - 14) / 2, (word - 14) % 2};
  if (word >= 20 && word < 24) return {'v', -1, (word - 20) / 2};
  if (word >= 24 && word < 27) return {'o', word - 24, -1};
  return {word == 1 ? '.' : ' '};
}

BOOST_AUTO_TEST_CASE(words_of_the_grammar_agree_with_their_governors) {
  Generator rng(3);
  const GrammarTexts texts = draw_grammar(500, rng);
  std::vector<double> asked(arcs), misled(arcs);
  std::set<std::int32_t> offsets;
  for (Index at = 0; at < texts.words.size(); ++at) {
    const Index start = at / grammar_length * grammar_length, place = at - start;
    BOOST_REQUIRE(texts.shown[at] == (texts.hidden[at] < 0 ? texts.words[at] : hidden_word));
    BOOST_REQUIRE((texts.hidden[at] < 0 || texts.hidden[at] == texts.words[at]));
    for (int arc = 0; arc < arcs; ++arc) {
      const std::int32_t to = texts.gold[static_cast<std::size_t>(arc)][at];
      if (to == attention::no_arc) continue;
      const Word word = word_of(texts.words[at]), governor = word_of(texts.words[start + to]);
      BOOST_REQUIRE(word.sort == "vop"[arc]);
      BOOST_REQUIRE((governor.sort == 'n' || (governor.sort == 'p' && word.sort == 'v')));
      BOOST_REQUIRE(to < place);
      if (word.kind >= 0) BOOST_REQUIRE(word.kind == governor.kind);
      if (word.number >= 0) BOOST_REQUIRE(word.number == governor.number);
      // It is asked for, and its governor can be seen; it is the same sentence, or the one before.
      BOOST_REQUIRE(texts.shown[at] == hidden_word);
      BOOST_REQUIRE(texts.shown[start + to] != hidden_word);
      const auto between =
          texts.words.values().subspan(static_cast<std::size_t>(start + to),
                                       static_cast<std::size_t>(place - to));
      BOOST_REQUIRE(std::ranges::count(between, 1) == (word.sort == 'p' ? 1 : 0));
      offsets.insert(to - static_cast<std::int32_t>(place));
      asked[static_cast<std::size_t>(arc)] += 1;
      const bool is_misled = std::ranges::any_of(between.subspan(1), [](std::int32_t nearer) {
        return word_of(nearer).sort == 'n';
      });
      misled[static_cast<std::size_t>(arc)] += is_misled ? 1 : 0;
    }
  }
  for (std::size_t arc = 0; arc < arcs; ++arc) {
    BOOST_TEST(asked[arc] > 100);
    BOOST_TEST(misled[arc] > 0.2 * asked[arc]);  // a nearer noun is not the one
    BOOST_TEST(attention::best_offset(texts.gold[arc]).score < 0.6);
  }
  BOOST_TEST(offsets.size() > 8U);
}

BOOST_AUTO_TEST_CASE(forms_of_the_grammar_are_what_agrees) {
  for (std::int32_t a = 0; a < grammar_words; ++a) {
    const Word word = word_of(a);
    const bool agrees = word.sort != 'n' && (word.kind >= 0 || word.number >= 0);
    BOOST_TEST((form_of(a) != no_form) == agrees);
    for (std::int32_t b = 0; b < grammar_words; ++b) {
      const Word other = word_of(b);
      if (form_of(a) == no_form || form_of(b) == no_form) continue;
      const bool alike =
          word.sort == other.sort && word.kind == other.kind && word.number == other.number;
      BOOST_TEST((form_of(a) == form_of(b)) == alike);
    }
  }
  BOOST_TEST(forms_of(Arc::verb) == 2);
  BOOST_TEST(forms_of(Arc::possessive) == 3);
  BOOST_TEST(forms_of(Arc::pronoun) == 6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
