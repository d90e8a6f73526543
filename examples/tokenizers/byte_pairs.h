// Byte pair encoding over bytes, as GPT-2's tokenizer has it: Sennrich, Haddow, Birch 2016, arXiv
// 1508.07909; over bytes in Radford et al. 2019.
//
//   const BytePairs tokenizer(read_vocabulary_json("vocab.json"), read_merges("merges.txt"));
//   const std::vector<std::int32_t> ids = tokenizer.encode("Hello, world");
//   tokenizer.decode(ids);                                  // "Hello, world", byte for byte
//
// A text is cut into words: 's 't 're 've 'm 'll 'd; letters, digits, or neither, each with the
// space before it; other white space, whose last one goes to the word behind it. The bytes of a
// word are the first tokens, and two neighbours become one, the pair that stands first in the list
// of merges before the others, until none stands there. In the files bytes that cannot be printed
// are written as characters from U+0100 on.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/tokenizers/vocabulary.h"

namespace heed::inline HEED_REAL::tokenizers {

struct BytePairsOptions {
  bool space_in_front = false;  // read a text as if a space stood before it
  // Tokens that a text names as they are; those that the vocabulary has not are left out.
  std::vector<std::string> specials = {"<|endoftext|>"};
};

class BytePairs {
 public:
  // Throws ValueError when the vocabulary lacks a byte, or what a merge makes.
  BytePairs(Vocabulary vocabulary, const Merges& merges, BytePairsOptions options = {});

  // Throws ValueError on a text that is not UTF-8.
  std::vector<std::int32_t> encode(std::string_view text) const;
  // The bytes of the tokens. Of some of the tokens of a text they need not be UTF-8.
  std::string decode(std::span<const std::int32_t> ids) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  struct Merge {
    std::size_t rank;
    std::int32_t makes;
  };
  void encode_word(std::string_view word, std::vector<std::int32_t>& ids) const;
  const Merge* merge_of(std::int32_t left, std::int32_t right) const;

  Vocabulary vocabulary_;
  BytePairsOptions options_;
  std::vector<std::int32_t> bytes_;  // the token of each byte
  std::map<std::pair<std::int32_t, std::int32_t>, Merge> merges_;
};

// The words of a text, as BytePairs cuts it. Throws ValueError on a text that is not UTF-8.
std::vector<std::string> words_of(std::string_view text);

}  // namespace heed::inline HEED_REAL::tokenizers
