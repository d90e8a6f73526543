// A toy translation with another word order. Source: clauses (adj) noun verb (adj) noun (adverb),
// optional words with probability 1/2, and with probability 1/2 "and" and a second clause. Target,
// clause by clause: noun (adj) noun (adj) (adverb) verb, every word through a fixed dictionary.
// Which source word each target word comes from is known, so the alignment that cross-attention
// finds can be scored. Vaswani et al. 2017, arXiv 1706.03762, section 3.2.3.
#include "examples/tasks/text/translation.h"

#include <fmt/format.h>

#include <array>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/tokens.h"
#include "examples/models/transformer.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
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
    target.resize(filled, models::not_asked);
    alignment.insert(alignment.end(), sentence.alignment.begin(), sentence.alignment.end());
    alignment.resize(filled, models::not_asked);
  }
  const Shape shape{batch, translation_length};
  return {Indices(shape, std::move(source)), Indices(shape, std::move(shifted)),
          Indices(shape, std::move(target)), Indices(shape, std::move(alignment)),
          std::move(lengths)};
}

namespace {

// n7, v3, adj11, adv2, and, end: a word of either language for people.
std::string spell(std::int32_t word) {
  if (word == end_word) return "end";
  if (word == and_word) return "and";
  if (word < verbs.first) return fmt::format("n{}", word - nouns.first);
  if (word < adjectives.first) return fmt::format("v{}", word - verbs.first);
  if (word < adverbs.first) return fmt::format("adj{}", word - adjectives.first);
  return fmt::format("adv{}", word - adverbs.first);
}

class TranslationStudy : public study::Study {
 public:
  TranslationStudy(Tested tested, const study::Setup& setup, Generator& rng)
      : model_(child<models::Transformer>(
            "model", translation_words, translation_length, setup.settings,
            tested == Tested::everywhere ? models::tested_everywhere(setup, translation_length)
                                         : models::tested_between(setup, translation_length),
            rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_translations(count, rng);
  }
  study::Samples samples() const override { return batch_.source; }

  Tensor loss() override {
    const attention::Mixed answer = read();
    return study::plus(cross_entropy(answer.y, batch_.target), answer.auxiliary);
  }

  // Sentences without a mistake up to and with their end, when the model reads what it wrote.
  double score() const override {
    const Indices written = model_.write(batch_.source, batch_.lengths, end_word);
    const Index rows = batch_.target.shape()[0];
    Index right = 0;
    for (Index b = 0; b < rows; ++b) {
      bool faultless = true;
      for (Index i = b * translation_length; i < (b + 1) * translation_length; ++i) {
        const std::int32_t asked = batch_.target[i];
        faultless = faultless && (asked == models::not_asked || asked == written[i]);
      }
      right += faultless ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(rows);
  }

  // The share of target words whose largest weight in the last cross-attention is not on the word
  // that they translate.
  study::Details details() const override {
    const attention::MapRecorder recorder;
    read();
    if (recorder.maps().back().weights.dim(2) != recorder.maps().back().weights.dim(3)) return {};
    const Indices strongest = argmax(mean(recorder.maps().back().weights, {1}), -1);  // (B, T)
    Index words = 0, wrong = 0;
    for (Index i = 0; i < batch_.target.size(); ++i) {
      if (batch_.target[i] == models::not_asked || batch_.target[i] == end_word) continue;
      words += 1;
      wrong += strongest[i] != batch_.alignment[i] ? 1 : 0;
    }
    return {{"alignment error", static_cast<double>(wrong) / static_cast<double>(words)}};
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> rows, columns;
    for (Index i = 0; i < batch_.lengths[0]; ++i) {
      columns.push_back(spell(batch_.source[i]));
      rows.push_back(spell(batch_.target[i]));
    }
    const attention::MapRecorder recorder;
    read();
    return {study::drawn_maps(recorder, rows, columns).back()};  // of the last cross-attention
  }

 private:
  attention::Mixed read() const { return model_(batch_.source, batch_.lengths, batch_.shifted); }

  TranslationBatch batch_;
  models::Transformer& model_;
};

}  // namespace

study::Task on_translations(Tested tested) {
  return {.metric = "exact match",
          .settings = {.width = 64, .steps = 800},
          .chance = 0,
          .floor = 0,
          .level = 0.98,
          .bars = {{.detail = "alignment error", .limit = 0.1, .at_most = true}},
          .seconds = 6.0,
          .make = [tested](const study::Setup& setup, Generator& rng) {
            return std::make_unique<TranslationStudy>(tested, setup, rng);
          }};
}

study::Task translation() {
  study::Task task = on_translations(Tested::between);
  task.name = "translation";
  task.title = "translate into a language with another word order";
  task.what = "Clauses of nouns, verbs, adjectives and adverbs, reordered and put through a "
              "dictionary. Which word comes from which is known: the alignment is scored.";
  task.needs = study::Needs{.cross = true, .padding = true};
  task.runs = {{.mechanism = "cross"}, {.mechanism = "doubly-stochastic"}};
  return task;
}

}  // namespace heed::tasks
