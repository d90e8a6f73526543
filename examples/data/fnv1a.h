// A fingerprint of what was read, to be shown and kept; not against people who mean harm.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

// FNV-1a (Fowler, Noll, Vo) in 64 bits, as 16 hexadecimal digits, of number(item) of each item.
template <class Sequence, class Number>
std::string fnv1a(const Sequence& sequence, Number number) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const auto& item : sequence) hash = (hash ^ number(item)) * 0x100000001b3u;
  return fmt::format("{:016x}", hash);
}

inline std::string fnv1a(const std::string& text) {
  return fnv1a(text, [](char c) { return static_cast<unsigned char>(c); });
}

}  // namespace heed::inline HEED_REAL::data
