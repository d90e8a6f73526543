#include "examples/tasks/text/grammar_text.h"

#include <array>

#include "attention/heads/arcs.h"
#include "examples/models/tokens.h"

namespace heed::tasks {
namespace {

constexpr std::int32_t kinds = 3, numbers = 2, nouns_each = 2, verbs_each = 2;

// Where the words of each sort begin.
constexpr std::int32_t full_stop = 1, noun = 2;
constexpr std::int32_t pronoun = noun + kinds * numbers * nouns_each;
constexpr std::int32_t verb = pronoun + kinds * numbers;
constexpr std::int32_t possessive = verb + numbers * verbs_each;
constexpr std::int32_t determiner = possessive + kinds;  // of 2
constexpr std::int32_t adjective = determiner + 2;       // of 2
constexpr std::int32_t adverb = adjective + 2;           // of 2
constexpr std::int32_t preposition = adverb + 2;         // of 2
static_assert(preposition + 2 == grammar_words);

// How often.
constexpr double told_again = 0.5, described = 0.4, placed = 0.5, modified = 0.4, owned = 0.6;
constexpr double hide_word_of_arc = 0.4, hide_other = 0.04;

// A noun or a pronoun of the text, and what agrees with it.
struct Nominal {
  std::int32_t at = attention::no_arc, kind = 0, number = 0;
  bool is_noun = false;
};

class Text {
 public:
  explicit Text(Generator& rng) : rng_(rng) {
    while (size() < grammar_length) sentence();
    words_.resize(grammar_length);
    for (auto& of_arc : gold_) of_arc.resize(grammar_length);
  }

  const std::vector<std::int32_t>& words() const { return words_; }
  // Where the governor of a word stands.
  std::int32_t governor(int arc, std::size_t at) const {
    return gold_[static_cast<std::size_t>(arc)][at];
  }

 private:
  Index size() const { return static_cast<Index>(words_.size()); }

  void say(std::int32_t word) {
    words_.push_back(word);
    for (auto& of_arc : gold_) of_arc.push_back(attention::no_arc);
  }
  void say(std::int32_t word, Arc arc, std::int32_t governor) {
    say(word);
    gold_[static_cast<std::size_t>(arc)].back() = governor;
  }
  bool chance(double p) { return rng_.uniform() < p; }

  Nominal noun_phrase(bool with_determiner) {
    if (with_determiner) say(determiner + rng_.below(2));
    while (chance(described)) say(adjective + rng_.below(2));
    const Nominal one{static_cast<std::int32_t>(size()), rng_.below(kinds), rng_.below(numbers),
                      true};
    say(noun + (one.kind * numbers + one.number) * nouns_each + rng_.below(nouns_each));
    return one;
  }

  Nominal subject() {
    if (before_.is_noun && chance(told_again)) {
      const Nominal one{static_cast<std::int32_t>(size()), before_.kind, before_.number, false};
      say(pronoun + one.kind * numbers + one.number, Arc::pronoun, before_.at);
      return one;
    }
    const Nominal one = noun_phrase(true);
    if (!chance(placed)) return one;
    say(preposition + rng_.below(2));
    noun_phrase(true);
    return one;
  }

  void sentence() {
    const Nominal one = subject();
    if (chance(modified)) say(adverb + rng_.below(2));
    say(verb + one.number * verbs_each + rng_.below(verbs_each), Arc::verb, one.at);
    // Beside a pronoun it would tell what only the sentence before is to tell.
    const bool is_owned = one.is_noun && chance(owned);
    if (is_owned) say(possessive + one.kind, Arc::possessive, one.at);
    noun_phrase(!is_owned);
    say(full_stop);
    before_ = one;
  }

  Generator& rng_;
  Nominal before_;
  std::vector<std::int32_t> words_;
  std::array<std::vector<std::int32_t>, arcs> gold_;
};

}  // namespace

Index form_of(std::int32_t word) {
  if (word >= verb && word < possessive) return verb + (word - verb) / verbs_each;
  const bool is_pronoun = word >= pronoun && word < verb;
  const bool is_possessive = word >= possessive && word < determiner;
  return is_pronoun || is_possessive ? word : no_form;
}

Index forms_of(Arc arc) {
  if (arc == Arc::verb) return numbers;
  return arc == Arc::possessive ? kinds : kinds * numbers;
}

GrammarTexts draw_grammar(Index batch, Generator& rng) {
  std::vector<std::int32_t> words, shown, hidden;
  std::array<std::vector<std::int32_t>, arcs> gold;
  for (Index b = 0; b < batch; ++b) {
    const Text text(rng);
    const auto start = static_cast<std::ptrdiff_t>(shown.size());
    for (const std::int32_t word : text.words()) {
      const bool hides =
          rng.uniform() < (form_of(word) == no_form ? hide_other : hide_word_of_arc);
      words.push_back(word);
      shown.push_back(hides ? hidden_word : word);
      hidden.push_back(hides ? word : models::not_asked);
    }
    for (int arc = 0; arc < arcs; ++arc) {
      for (std::size_t at = 0; at < text.words().size(); ++at) {
        const std::int32_t governor = text.governor(arc, at);
        const bool is_asked = governor != attention::no_arc &&
                              shown[static_cast<std::size_t>(start) + at] == hidden_word &&
                              shown[static_cast<std::size_t>(start + governor)] != hidden_word;
        gold[static_cast<std::size_t>(arc)].push_back(is_asked ? governor : attention::no_arc);
      }
    }
  }
  const Shape shape{batch, grammar_length};
  GrammarTexts texts{Indices(shape, std::move(words)),
                     Indices(shape, std::move(shown)),
                     Indices({batch, grammar_length, 1}, std::move(hidden)),
                     {}};
  for (auto& of_arc : gold) texts.gold.emplace_back(shape, std::move(of_arc));
  return texts;
}

}  // namespace heed::tasks
