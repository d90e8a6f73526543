// When each word was said.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "examples/tokenizers/byte_pairs.h"

namespace heed::listen {

constexpr double seconds_a_frame = 0.02;  // of what a Whisper looks at

struct Word {
  std::string text;
  double begin = 0, end = 0;  // seconds
};

// Tokens joined to words, which begin with a space: each from the start of its first token to that
// of what follows it. `starts` are frames, one more than there are tokens.
std::vector<Word> words_of(const std::vector<std::int32_t>& tokens,
                           const std::vector<Index>& starts,
                           const tokenizers::BytePairs& tokenizer);

}  // namespace heed::listen
