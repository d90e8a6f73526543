// As much of Unicode as tokenizers ask for: UTF-8, kinds of characters, small letters, letters
// without their marks. Of version 14; what has been assigned since is of kind `other`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::tokenizers {

// By general category: L, N, P, Mn, and Cc, Cf or Co.
enum class Kind : unsigned char { other, letter, number, punctuation, mark, control };
Kind kind_of(char32_t code);
// The property White_Space.
bool is_space(char32_t code);
// The blocks that hold Chinese characters, as BERT counts them.
bool is_chinese(char32_t code);

// The small letters of a text, each letter by itself.
std::u32string lower(std::u32string_view text);
// Decomposed (NFD) and without nonspacing marks: "\u00e9" -> "e".
std::u32string without_marks(std::u32string_view text);

// The first byte at which a text is not UTF-8 as RFC 3629 has it; nothing when it is.
std::optional<std::size_t> first_wrong_byte(std::string_view text);
// Of UTF-8. Throws ValueError, naming `who` and the byte, of anything else.
std::u32string decoded(std::string_view text, const char* who);
std::string encoded(std::u32string_view codes);

}  // namespace heed::inline HEED_REAL::tokenizers
