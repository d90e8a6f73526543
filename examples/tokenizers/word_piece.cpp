#include "examples/tokenizers/word_piece.h"

#include <utility>

#include "examples/tokenizers/specials.h"
#include "examples/tokenizers/unicode.h"

namespace heed::inline HEED_REAL::tokenizers {
namespace {

constexpr const char* inside = "##";

bool is_punctuation(char32_t c) {
  // All of ASCII that is neither letter nor digit, also $ and +, which Unicode calls symbols.
  const bool sign = c > ' ' && c < 0x7f && kind_of(c) != Kind::letter && kind_of(c) != Kind::number;
  return sign || kind_of(c) == Kind::punctuation;
}

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, WordPieceOptions options)
    : vocabulary_(std::move(vocabulary)),
      options_(std::move(options)),
      unknown_(vocabulary_.at(options_.unknown)) {
  std::erase_if(options_.specials,
                [&](const std::string& special) { return !vocabulary_.find(special); });
}

std::u32string WordPiece::normalized(std::string_view text) const {
  std::u32string clean;
  for (const char32_t c : decoded(text, "WordPiece")) {
    const bool line = c == '\t' || c == '\n' || c == '\r';
    if (c == 0 || c == 0xfffd || (kind_of(c) == Kind::control && !line)) continue;
    if (is_space(c)) {
      clean += ' ';
    } else if (is_chinese(c)) {
      clean += {' ', c, ' '};
    } else {
      clean += c;
    }
  }
  return options_.lowercase ? lower(without_marks(clean)) : clean;
}

std::vector<std::int32_t> WordPiece::encode(std::string_view text) const {
  std::vector<std::int32_t> ids;
  for (const Piece& piece : cut_at_specials(text, options_.specials)) {
    if (piece.special) {
      ids.push_back(vocabulary_.at(piece.text));
      continue;
    }
    const std::u32string clean = normalized(piece.text);
    const std::u32string_view all = clean;
    std::size_t begin = 0;  // of the word at hand
    for (std::size_t i = 0; i <= all.size(); ++i) {
      const bool ends = i == all.size() || is_space(all[i]);
      const bool alone = !ends && is_punctuation(all[i]);
      if (!ends && !alone) continue;
      encode_word(all.substr(begin, i - begin), ids);
      if (alone) encode_word(all.substr(i, 1), ids);
      begin = i + 1;
    }
  }
  return ids;
}

void WordPiece::encode_word(std::u32string_view word, std::vector<std::int32_t>& ids) const {
  if (word.empty()) return;
  const std::size_t before = ids.size();
  std::size_t begin = word.size() > options_.longest_word ? std::u32string_view::npos : 0;
  while (begin < word.size()) {
    std::size_t end = word.size();
    std::optional<std::int32_t> id;
    for (; end > begin && !id; --end) {
      id = vocabulary_.find((begin == 0 ? "" : inside) + encoded(word.substr(begin, end - begin)));
    }
    if (!id) break;
    ids.push_back(*id);
    begin = end + 1;
  }
  if (begin == word.size()) return;
  ids.resize(before);
  ids.push_back(unknown_);
}

Encoded WordPiece::with_marks(std::string_view text, std::string_view second) const {
  Encoded result;
  const auto add = [&](const std::vector<std::int32_t>& ids, std::int32_t type) {
    result.ids.insert(result.ids.end(), ids.begin(), ids.end());
    result.ids.push_back(vocabulary_.at("[SEP]"));
    result.types.resize(result.ids.size(), type);
  };
  result.ids.push_back(vocabulary_.at("[CLS]"));
  add(encode(text), 0);
  if (!second.empty()) add(encode(second), 1);
  return result;
}

std::string WordPiece::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  for (const std::int32_t id : ids) {
    const std::string& token = vocabulary_.token(id);
    const bool joins = token.starts_with(inside) && !text.empty();
    if (!joins && !text.empty()) text += ' ';
    text += joins ? token.substr(2) : token;
  }
  return text;
}

}  // namespace heed::inline HEED_REAL::tokenizers
