#include "examples/listen/words.h"

namespace heed::listen {

std::vector<Word> words_of(const std::vector<std::int32_t>& tokens,
                           const std::vector<Index>& starts,
                           const tokenizers::BytePairs& tokenizer) {
  std::vector<Word> words;
  std::vector<std::int32_t> own;  // tokens of the last word: a letter may lie in two
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (words.empty() || tokenizer.decode(std::vector{tokens[i]}).starts_with(' ')) {
      words.push_back({.text = "", .begin = seconds_a_frame * static_cast<double>(starts[i])});
      own.clear();
    }
    own.push_back(tokens[i]);
    words.back().text = tokenizer.decode(own);
    words.back().end = seconds_a_frame * static_cast<double>(starts[i + 1]);
  }
  for (Word& word : words) {
    if (word.text.starts_with(' ')) word.text.erase(0, 1);
  }
  return words;
}

}  // namespace heed::listen
