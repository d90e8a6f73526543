// Text as characters: a vocabulary, and a corpus split for language models.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

// The distinct bytes of a text, sorted and numbered from 0.
class CharVocabulary {
 public:
  explicit CharVocabulary(std::string_view text);

  Index size() const { return static_cast<Index>(characters_.size()); }
  const std::string& characters() const { return characters_; }
  // The same in UTF-8, each byte as the code point of its number: any bytes, fit to be stored.
  std::string stored() const;
  // Throws ValueError naming the position of a character that the vocabulary does not have.
  std::vector<std::int32_t> encode(std::string_view text) const;
  // Throws ValueError on an id outside [0, size()).
  std::string decode(std::span<const std::int32_t> ids) const;

 private:
  std::string characters_;
  std::array<std::int32_t, 256> ids_;  // -1: not in the vocabulary
};

struct CharCorpus {
  CharVocabulary vocabulary;
  std::vector<std::int32_t> train;       // the first 90 %
  std::vector<std::int32_t> validation;  // the rest
};

// The split of nanoGPT: the first floor(0.9 n) characters train; the vocabulary is of the whole
// text. Throws FormatError when the text, of which errors speak as `name`, has fewer than 100
// characters.
CharCorpus split_corpus(std::string_view text, const std::string& name = "a text");

}  // namespace heed::inline HEED_REAL::data
