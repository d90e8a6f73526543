#include "examples/tokenizers/unicode.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/errors.h"
#include "examples/tokenizers/unicode_tables.h"

namespace heed::inline HEED_REAL::tokenizers {
namespace {

struct Read {
  char32_t code;
  std::size_t bytes;  // 0: not UTF-8
};

// The character that a text, which is not empty, begins with.
Read first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {0, 0};
  char32_t code = first & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0, 0};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};  // what needs so many bytes
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < least[bytes] || code > 0x10ffff || surrogate) return {0, 0};
  return {code, bytes};
}

char32_t lower(char32_t code) {
  const LowerRun* const end = lower_runs + lower_runs_count;
  const LowerRun* const run =
      std::lower_bound(lower_runs, end, code,
                       [](const LowerRun& r, char32_t wanted) { return r.last < wanted; });
  if (run == end || code < run->first) return code;
  if ((code - run->first) % static_cast<char32_t>(run->step) != 0) return code;
  return static_cast<char32_t>(static_cast<int>(code) + run->added);
}

// Hangul syllables are numbered by their two or three letters (Unicode, section 3.12).
void append_hangul(char32_t code, std::u32string& to) {
  const char32_t index = code - 0xac00;
  to += 0x1100 + index / (21 * 28);
  to += 0x1161 + index % (21 * 28) / 28;
  if (index % 28 != 0) to += 0x11a7 + index % 28;
}

template <class Entry>
const Entry* found(const Entry* begin, std::size_t count, char32_t code) {
  const Entry* const end = begin + count;
  const Entry* const at = std::lower_bound(
      begin, end, code, [](const Entry& e, char32_t wanted) { return e.code < wanted; });
  return at != end && at->code == code ? at : nullptr;
}

}  // namespace

Kind kind_of(char32_t code) {
  const KindRun* const after =
      std::upper_bound(kind_runs, kind_runs + kind_runs_count, code,
                       [](char32_t wanted, const KindRun& run) { return wanted < run.first; });
  return (after - 1)->kind;
}

bool is_space(char32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

bool is_chinese(char32_t c) {
  constexpr char32_t blocks[][2] = {{0x4e00, 0x9fff},   {0x3400, 0x4dbf},   {0x20000, 0x2a6df},
                                    {0x2a700, 0x2b73f}, {0x2b740, 0x2b81f}, {0x2b820, 0x2ceaf},
                                    {0xf900, 0xfaff},   {0x2f800, 0x2fa1f}};
  return std::any_of(std::begin(blocks), std::end(blocks),
                     [&](const auto& block) { return c >= block[0] && c <= block[1]; });
}

std::u32string lower(std::u32string_view text) {
  std::u32string result;
  for (const char32_t code : text) {
    result += lower(code);
    // The only one whose small letter is two characters: I with a dot.
    if (code == 0x130) result.back() = 'i', result += 0x307;
  }
  return result;
}

std::u32string without_marks(std::u32string_view text) {
  std::u32string result;
  for (const char32_t code : text) {
    if (code >= 0xac00 && code < 0xd7a4) {
      append_hangul(code, result);
    } else if (const Bare* const bare = found(bare_letters, bare_letters_count, code)) {
      result += bare->letter;
    } else if (const BareParts* const parts = found(bare_parts, bare_parts_count, code)) {
      for (const char32_t letter : parts->letters) {
        if (letter != 0) result += letter;
      }
    } else if (kind_of(code) != Kind::mark) {
      result += code;
    }
  }
  return result;
}

std::optional<std::size_t> first_wrong_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Read read = first_of(text.substr(at));
    if (read.bytes == 0) return at;
    at += read.bytes;
  }
  return std::nullopt;
}

std::u32string decoded(std::string_view text, const char* who) {
  std::u32string codes;
  std::size_t at = 0;
  while (at < text.size()) {
    const Read read = first_of(text.substr(at));
    if (read.bytes == 0) {
      throw ValueError(fmt::format("[{}] byte {} of the text is not UTF-8", who, at));
    }
    codes += read.code;
    at += read.bytes;
  }
  return codes;
}

std::string encoded(std::u32string_view codes) {
  std::string text;
  const auto tail = [&](char32_t c, int shift) {
    text += static_cast<char>(0x80 | (c >> shift & 0x3f));
  };
  for (const char32_t c : codes) {
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += static_cast<char>(0xc0 | c >> 6);
      tail(c, 0);
    } else if (c < 0x10000) {
      text += static_cast<char>(0xe0 | c >> 12);
      tail(c, 6), tail(c, 0);
    } else {
      text += static_cast<char>(0xf0 | c >> 18);
      tail(c, 12), tail(c, 6), tail(c, 0);
    }
  }
  return text;
}

}  // namespace heed::inline HEED_REAL::tokenizers
