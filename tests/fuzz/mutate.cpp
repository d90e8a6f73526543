#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <cctype>

namespace heed_test {
namespace {

using heed::Generator;

constexpr std::string_view edges[] = {"0",
                                      "-1",
                                      "1",
                                      "127",
                                      "255",
                                      "65536",
                                      "2147483647",
                                      "2147483648",
                                      "4294967296",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "1e400",
                                      "nan"};
constexpr std::size_t longest = 4096;

std::size_t below(Generator& rng, std::size_t n) {
  return static_cast<std::size_t>(rng.below(static_cast<std::int32_t>(n)));
}

template <class Choices>
auto& one_of(Choices& choices, Generator& rng) {
  return choices[below(rng, std::size(choices))];
}

// A piece of up to 32 characters of a text.
std::string piece(const std::string& text, Generator& rng) {
  if (text.empty()) return "";
  return text.substr(below(rng, text.size()), 1 + below(rng, 32));
}

// In place of a decimal number, one at the edge of a type.
void change_number(std::string& text, Generator& rng) {
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto from = text.begin() + static_cast<std::ptrdiff_t>(below(rng, text.size()));
  const auto first = std::find_if(from, text.end(), digit);
  const auto last = std::find_if_not(first, text.end(), digit);
  if (first != last) text.replace(first, last, one_of(edges, rng));
}

void change(std::string& text, const std::vector<std::string>& seeds,
            std::span<const std::string_view> dictionary, Generator& rng) {
  const std::size_t at = below(rng, text.size() + 1);
  const std::size_t kind = below(rng, 9);
  if (text.empty() || at == text.size() || kind == 0) {
    text.insert(at, dictionary.empty() ? "\xff" : one_of(dictionary, rng));
  } else if (kind == 1) {
    text[at] = static_cast<char>(text[at] ^ (1 << below(rng, 8)));
  } else if (kind == 2) {
    text[at] = static_cast<char>(below(rng, 256));
  } else if (kind == 3) {
    text.erase(at, 1 + below(rng, 32));
  } else if (kind == 4) {
    text.insert(below(rng, text.size()), piece(text, rng));
  } else if (kind == 5) {
    text.insert(at, piece(one_of(seeds, rng), rng));
  } else if (kind == 6) {
    change_number(text, rng);
  } else if (kind == 7) {
    text.replace(at, 1 + below(rng, 8), 1 + below(rng, 8), static_cast<char>(below(rng, 256)));
  } else if (below(rng, 4) == 0) {
    text.resize(at);
  }
}

}  // namespace

std::string mutated(const std::vector<std::string>& seeds,
                    std::span<const std::string_view> dictionary, Generator& rng) {
  std::string text = one_of(seeds, rng);
  for (std::size_t changes = 1 + below(rng, 8); changes > 0; --changes) {
    change(text, seeds, dictionary, rng);
  }
  text.resize(std::min(text.size(), longest));
  return text;
}

}  // namespace heed_test
