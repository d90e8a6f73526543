// Tokens that a text names as they are, "[MASK]" or "<|endoftext|>": they are never cut.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::tokenizers {

struct Piece {
  std::string_view text;
  bool special;
};
// The text between special tokens, and these. At one place the longest that fits is taken.
std::vector<Piece> cut_at_specials(std::string_view text, const std::vector<std::string>& specials);

}  // namespace heed::inline HEED_REAL::tokenizers
