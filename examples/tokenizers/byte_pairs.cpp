#include "examples/tokenizers/byte_pairs.h"

#include <fmt/format.h>

#include <array>
#include <queue>
#include <tuple>

#include "autograd/errors.h"
#include "examples/tokenizers/specials.h"
#include "examples/tokenizers/unicode.h"

namespace heed::inline HEED_REAL::tokenizers {
namespace {

// How the files write a byte: as itself where Latin-1 has a character that shows, the others as
// those from U+0100 on, in order.
const std::array<char32_t, 256>& written_bytes() {
  static const std::array<char32_t, 256> written = [] {
    std::array<char32_t, 256> made{};
    char32_t next = 0x100;
    for (char32_t b = 0; b < 256; ++b) {
      const bool shows = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      made[b] = shows ? b : next++;
    }
    return made;
  }();
  return written;
}

// The byte that is written so, or -1.
int byte_written(char32_t code) {
  const auto& written = written_bytes();
  for (int b = 0; b < 256; ++b) {
    if (written[static_cast<std::size_t>(b)] == code) return b;
  }
  return -1;
}

enum class Sort { space, letter, number, other };

Sort sort_of(char32_t c) {
  if (is_space(c)) return Sort::space;
  const Kind kind = kind_of(c);
  if (kind == Kind::letter) return Sort::letter;
  return kind == Kind::number ? Sort::number : Sort::other;
}

// The length of the word that a text, which is not empty, begins with.
std::size_t word_length(std::u32string_view text) {
  for (const std::u32string_view ending : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
    if (text.starts_with(ending)) return ending.size();
  }
  const auto run_from = [&](std::size_t begin) {  // of one sort
    std::size_t end = begin + 1;
    while (end < text.size() && sort_of(text[end]) == sort_of(text[begin])) ++end;
    return end;
  };
  if (sort_of(text[0]) != Sort::space) return run_from(0);
  if (text[0] == ' ' && text.size() > 1 && sort_of(text[1]) != Sort::space) return run_from(1);
  const std::size_t spaces = run_from(0);
  // The last goes to the word behind, if it is not the only one.
  return spaces < text.size() && spaces > 1 ? spaces - 1 : spaces;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  const std::u32string codes = decoded(text, "BytePairs");
  std::u32string_view rest = codes;
  std::vector<std::string> words;
  while (!rest.empty()) {
    const std::size_t length = word_length(rest);
    words.push_back(encoded(rest.substr(0, length)));
    rest.remove_prefix(length);
  }
  return words;
}

BytePairs::BytePairs(Vocabulary vocabulary, const Merges& merges, BytePairsOptions options)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {
  for (const char32_t code : written_bytes()) bytes_.push_back(vocabulary_.at(encoded({&code, 1})));
  for (const auto& [left, right] : merges) {
    const Merge merge{merges_.size(), vocabulary_.at(left + right)};
    if (!merges_.emplace(std::pair(vocabulary_.at(left), vocabulary_.at(right)), merge).second) {
      throw ValueError(fmt::format("[BytePairs] the pair '{} {}' comes twice", left, right));
    }
  }
  std::erase_if(options_.specials,
                [&](const std::string& special) { return !vocabulary_.find(special); });
}

std::vector<std::int32_t> BytePairs::encode(std::string_view text) const {
  std::vector<std::int32_t> ids;
  for (const Piece& piece : cut_at_specials(text, options_.specials)) {
    if (piece.special) {
      ids.push_back(vocabulary_.at(piece.text));
      continue;
    }
    std::string plain = options_.space_in_front && !piece.text.starts_with(' ') ? " " : "";
    plain += piece.text;
    for (const std::string& word : words_of(plain)) encode_word(word, ids);
  }
  return ids;
}

const BytePairs::Merge* BytePairs::merge_of(std::int32_t left, std::int32_t right) const {
  const auto found = merges_.find({left, right});
  return found == merges_.end() ? nullptr : &found->second;
}

// The tokens are a chain, in which a merge takes out its right one. What waits is what was a pair
// when it was put there; one that is none any more is passed over.
void BytePairs::encode_word(std::string_view word, std::vector<std::int32_t>& ids) const {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  constexpr std::int32_t gone = -1;
  struct Link {
    std::int32_t id;
    std::size_t before, after;
  };
  std::vector<Link> chain;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto byte = static_cast<unsigned char>(word[i]);
    chain.push_back({bytes_[byte], i == 0 ? none : i - 1, i + 1 == word.size() ? none : i + 1});
  }
  using Waiting = std::tuple<std::size_t, std::size_t, std::int32_t, std::int32_t>;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting;  // rank, place, pair
  const auto offer = [&](std::size_t at) {
    if (at == none || chain[at].after == none) return;
    const std::int32_t left = chain[at].id, right = chain[chain[at].after].id;
    if (const Merge* const merge = merge_of(left, right)) {
      waiting.emplace(merge->rank, at, left, right);
    }
  };
  for (std::size_t i = 0; i < chain.size(); ++i) offer(i);
  while (!waiting.empty()) {
    const auto [rank, at, left, right] = waiting.top();
    waiting.pop();
    Link& link = chain[at];
    if (link.id != left || link.after == none || chain[link.after].id != right) continue;
    Link& taken = chain[link.after];
    link.id = merge_of(left, right)->makes;
    link.after = taken.after;
    taken.id = gone;
    if (link.after != none) chain[link.after].before = at;
    offer(link.before);
    offer(at);
  }
  for (const Link& link : chain) {
    if (link.id != gone) ids.push_back(link.id);
  }
}

std::string BytePairs::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  for (const std::int32_t id : ids) {
    const std::string& token = vocabulary_.token(id);
    std::string bytes;
    for (const char32_t code : decoded(token, "BytePairs")) {
      const int byte = byte_written(code);
      if (byte < 0) {  // a token that is no text of bytes stands for itself
        bytes = token;
        break;
      }
      bytes += static_cast<char>(byte);
    }
    text += bytes;
  }
  return text;
}

}  // namespace heed::inline HEED_REAL::tokenizers
