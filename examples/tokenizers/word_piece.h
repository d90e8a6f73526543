// WordPiece, as BERT's tokenizer has it. Schuster and Nakajima 2012, "Japanese and Korean voice
// search"; the steps before it as published with Devlin et al. 2018, arXiv 1810.04805.
//
//   const WordPiece tokenizer(read_vocabulary_lines("vocab.txt"));
//   const Encoded in = tokenizer.with_marks("A question?", "An answer.");
//   model(Indices({1, length}, in.ids), Indices({1, length}, in.types), ...);
//
// 1. NUL, U+FFFD and control characters go; white space becomes spaces.
// 2. Chinese characters get spaces around them.
// 3. Without case: marks are taken off the letters (NFD), then letters become small.
// 4. Words are what stands between spaces; each punctuation mark is a word.
// 5. A word is cut from the left into the longest tokens that the vocabulary has, those inside it
//    written with ## in front; a word that cannot be cut so, or is too long, is [UNK].
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "examples/tokenizers/vocabulary.h"

namespace heed::inline HEED_REAL::tokenizers {

struct WordPieceOptions {
  bool lowercase = true;           // step 3
  std::size_t longest_word = 100;  // characters
  std::string unknown = "[UNK]";
  // Tokens that a text names as they are; those that the vocabulary has not are left out.
  std::vector<std::string> specials = {"[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"};
};

struct Encoded {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> types;  // 0 for the first text, 1 for the second
};

class WordPiece {
 public:
  // Throws ValueError unless the vocabulary has the unknown token.
  explicit WordPiece(Vocabulary vocabulary, WordPieceOptions options = {});

  // Throws ValueError on a text that is not UTF-8.
  std::vector<std::int32_t> encode(std::string_view text) const;
  // [CLS] text [SEP], or [CLS] text [SEP] second [SEP]. Throws ValueError when the vocabulary lacks
  // these.
  Encoded with_marks(std::string_view text, std::string_view second = {}) const;
  // The tokens with spaces between, those with ## joined to what is before them. What encode()
  // dropped does not come back.
  std::string decode(std::span<const std::int32_t> ids) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  std::u32string normalized(std::string_view text) const;
  void encode_word(std::u32string_view word, std::vector<std::int32_t>& ids) const;

  Vocabulary vocabulary_;
  WordPieceOptions options_;
  std::int32_t unknown_;
};

}  // namespace heed::inline HEED_REAL::tokenizers
