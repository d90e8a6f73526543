#include "nn/files/untrusted.h"

#include <algorithm>

namespace heed::inline HEED_REAL::nn {

std::string shown(std::string_view text) {
  std::string safe(text.substr(0, 40));
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return safe;
}

}  // namespace heed::inline HEED_REAL::nn
