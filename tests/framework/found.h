// What a text holds.
#pragma once

#include <cstddef>
#include <string>

namespace heed_test {

inline bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

// How often, overlaps included.
inline std::size_t count(const std::string& text, const std::string& words) {
  std::size_t found = 0;
  for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++found;
  return found;
}

}  // namespace heed_test
