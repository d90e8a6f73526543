#include "examples/tasks/translation.h"

#include <array>

#include "examples/tasks/token_batch.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

struct WordClass {
  std::int32_t first, count;
};
constexpr WordClass nouns{3, 24}, verbs{27, 12}, adjectives{39, 12}, adverbs{51, 6};

// The dictionary is part of the task, not of a run: one seed for all.
std::array<std::int32_t, static_cast<std::size_t>(translation_words)> make_dictionary() {
  std::array<std::int32_t, static_cast<std::size_t>(translation_words)> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = static_cast<std::int32_t>(i);
  Generator rng(14);
  for (const WordClass& kind : {nouns, verbs, adjectives, adverbs}) {
    const std::vector<std::int32_t> order = rng.permutation(kind.count);
    for (std::int32_t i = 0; i < kind.count; ++i) {
      words[static_cast<std::size_t>(kind.first + i)] =
          kind.first + order[static_cast<std::size_t>(i)];
    }
  }
  return words;
}

bool coin(Generator& rng) { return rng.below(2) == 1; }

void add_clause(Sentence& sentence, Generator& rng) {
  const auto say = [&](const WordClass& kind) {
    sentence.source.push_back(kind.first + rng.below(kind.count));
    return static_cast<std::int32_t>(sentence.source.size()) - 1;
  };
  const auto say_maybe = [&](const WordClass& kind) { return coin(rng) ? say(kind) : -1; };
  const std::int32_t first_adjective = say_maybe(adjectives);
  const std::int32_t subject = say(nouns);
  const std::int32_t verb = say(verbs);
  const std::int32_t second_adjective = say_maybe(adjectives);
  const std::int32_t object = say(nouns);
  const std::int32_t adverb = say_maybe(adverbs);
  for (const std::int32_t from :
       {subject, first_adjective, object, second_adjective, adverb, verb}) {
    if (from >= 0) sentence.alignment.push_back(from);
  }
}

}  // namespace

std::int32_t translate_word(std::int32_t word) {
  static const auto dictionary = make_dictionary();
  return dictionary.at(static_cast<std::size_t>(word));
}

Sentence draw_sentence(Generator& rng) {
  Sentence sentence;
  const auto say_in_place = [&](std::int32_t word) {
    sentence.alignment.push_back(static_cast<std::int32_t>(sentence.source.size()));
    sentence.source.push_back(word);
  };
  add_clause(sentence, rng);
  if (coin(rng)) {
    say_in_place(and_word);
    add_clause(sentence, rng);
  }
  say_in_place(end_word);
  for (const std::int32_t from : sentence.alignment) {
    sentence.target.push_back(translate_word(sentence.source[static_cast<std::size_t>(from)]));
  }
  return sentence;
}

TranslationBatch draw_translations(Index batch, Generator& rng) {
  std::vector<std::int32_t> source, shifted, target, alignment;
  std::vector<Index> lengths;
  for (Index b = 0; b < batch; ++b) {
    const Sentence sentence = draw_sentence(rng);
    const auto filled = static_cast<std::size_t>((b + 1) * translation_length);
    lengths.push_back(static_cast<Index>(sentence.source.size()));
    source.insert(source.end(), sentence.source.begin(), sentence.source.end());
    source.resize(filled, no_word);
    shifted.push_back(end_word);
    shifted.insert(shifted.end(), sentence.target.begin(), sentence.target.end() - 1);
    shifted.resize(filled, no_word);
    target.insert(target.end(), sentence.target.begin(), sentence.target.end());
    target.resize(filled, not_asked);
    alignment.insert(alignment.end(), sentence.alignment.begin(), sentence.alignment.end());
    alignment.resize(filled, not_asked);
  }
  const Shape shape{batch, translation_length};
  return {Indices(shape, std::move(source)), Indices(shape, std::move(shifted)),
          Indices(shape, std::move(target)), Indices(shape, std::move(alignment)),
          std::move(lengths)};
}

}  // namespace heed::inline HEED_REAL::tasks
