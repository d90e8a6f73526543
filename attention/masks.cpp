#include "attention/masks.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::attention {

Pattern::Pattern(std::string name, Rule sees) : name_(std::move(name)), sees_(std::move(sees)) {}

Mask Pattern::expand(Index queries, Index keys) const {
  const Index shift = keys - queries;
  std::vector<std::uint8_t> visible;
  visible.reserve(static_cast<std::size_t>(queries * keys));
  for (Index i = 0; i < queries; ++i) {
    for (Index j = 0; j < keys; ++j) visible.push_back(sees(i + shift, j));
  }
  return Mask({queries, keys}, std::move(visible));
}

Index Pattern::entries(Index queries, Index keys) const {
  const Mask mask = expand(queries, keys);
  return std::count_if(mask.values().begin(), mask.values().end(), [](auto v) { return v != 0; });
}

Pattern operator&(const Pattern& a, const Pattern& b) {
  return Pattern("(" + a.name_ + " and " + b.name_ + ")",
                 [a, b](Index i, Index j) { return a.sees(i, j) && b.sees(i, j); });
}

Pattern operator|(const Pattern& a, const Pattern& b) {
  return Pattern("(" + a.name_ + " or " + b.name_ + ")",
                 [a, b](Index i, Index j) { return a.sees(i, j) || b.sees(i, j); });
}

Pattern full() { return Pattern("full", nullptr); }

Pattern causal() {
  return Pattern("causal", [](Index i, Index j) { return j <= i; });
}

Pattern window(Index width) {
  if (width < 0) throw ValueError(fmt::format("[window] width must not be negative: {}", width));
  return Pattern(fmt::format("window {}", width),
                 [width](Index i, Index j) { return std::abs(i - j) <= width; });
}

Pattern banded(bool is_causal, Index width) {
  if (width < 0) return is_causal ? causal() : full();
  return is_causal ? window(width) & causal() : window(width);
}

Mask padding(const std::vector<Index>& lengths, Index length) {
  std::vector<std::uint8_t> real;
  real.reserve(lengths.size() * static_cast<std::size_t>(length));
  for (std::size_t row = 0; row < lengths.size(); ++row) {
    if (lengths[row] < 0 || lengths[row] > length) {
      throw ValueError(fmt::format("[padding] length of row {} must be within 0 and {}: {}", row,
                                   length, lengths[row]));
    }
    for (Index j = 0; j < length; ++j) real.push_back(j < lengths[row]);
  }
  return Mask({static_cast<Index>(lengths.size()), 1, 1, length}, std::move(real));
}

}  // namespace heed::inline HEED_REAL::attention
