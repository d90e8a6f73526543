#include "examples/tokenizers/specials.h"

#include <algorithm>

namespace heed::inline HEED_REAL::tokenizers {

std::vector<Piece> cut_at_specials(std::string_view text,
                                   const std::vector<std::string>& specials) {
  std::vector<Piece> pieces;
  std::size_t plain = 0;  // where the text between two of them began
  const auto close = [&](std::size_t end) {
    if (end > plain) pieces.push_back({text.substr(plain, end - plain), false});
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t longest = 0;
    for (const std::string& special : specials) {
      if (text.substr(at).starts_with(special)) longest = std::max(longest, special.size());
    }
    if (longest == 0) {
      ++at;
      continue;
    }
    close(at);
    pieces.push_back({text.substr(at, longest), true});
    plain = at += longest;
  }
  close(text.size());
  return pieces;
}

}  // namespace heed::inline HEED_REAL::tokenizers
