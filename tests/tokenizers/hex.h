// How texts and ids stand in the files of expectations: "c3a9 in hex:1 2 3".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/errors.h"

namespace heed_test {

inline std::string from_hex(const std::string& digits) {
  std::string text;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    text += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return text;
}

inline std::string joined(const std::vector<std::int32_t>& ids) {
  std::string text;
  for (const std::int32_t id : ids) {
    if (!text.empty()) text += ' ';
    text += std::to_string(id);
  }
  return text;
}

}  // namespace heed_test
