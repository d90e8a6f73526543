// The generator of the tasks on translations, and what their records have in common.
#pragma once

#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/study/task.h"

namespace heed::tasks {

// Tokens of both languages: 0 padding, 1 end (in a decoder's input: start), 2 "and", then 24 nouns,
// 12 verbs, 12 adjectives, 6 adverbs.
inline constexpr std::int32_t no_word = 0;
inline constexpr std::int32_t end_word = 1;
inline constexpr std::int32_t and_word = 2;
inline constexpr Index translation_words = 3 + 24 + 12 + 12 + 6;
inline constexpr Index translation_length = 14;  // two full clauses, "and", end

struct Sentence {
  std::vector<std::int32_t> source;     // ends with end_word
  std::vector<std::int32_t> target;     // ends with end_word
  std::vector<std::int32_t> alignment;  // target position -> source position
};
Sentence draw_sentence(Generator& rng);
// The word of the target language for a word of the source language; a permutation within each
// class.
std::int32_t translate_word(std::int32_t word);

struct TranslationBatch {
  Indices source;     // (B, 14), padded with no_word
  Indices shifted;    // (B, 14): end_word (as start), then the target without its last word
  Indices target;     // (B, 14): not_asked after the end
  Indices alignment;  // (B, 14): source position of each target word, not_asked after the end
  std::vector<Index> lengths;  // of the sources
};
TranslationBatch draw_translations(Index batch, Generator& rng);

// Where the mechanism under test stands: between the two sentences, or at all three places where a
// Transformer attends (models/transformer.h).
enum class Tested { between, everywhere };
// A record with all that the tasks on translations have in common.
study::Task on_translations(Tested tested);

}  // namespace heed::tasks
