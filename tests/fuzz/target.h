// A fuzz target: one reader of files, tried with bytes that nobody wrote.
//
// Each fuzz_*.cpp in this folder defines these two. It is linked with mutating_main.cpp for the
// everyday tests, or by clang with libfuzzer_main.cpp, which looks for inputs that reach new code.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace heed_test {

// Pieces of what the reader understands, which a mutation may put in: keys, types, numbers.
extern const std::span<const std::string_view> dictionary;

// Returns when the bytes were read, or refused with the error that the reader promises. Whatever
// else leaves it is a finding, and so is a crash.
void try_to_read(std::span<const std::byte> bytes);

// For what must hold of everything that was read.
inline void require(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error("not true of what was read: " + what);
}

inline std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace heed_test
