// How much memory a call asks for. A program that links counted_memory.cpp has another operator
// new, so sanitizers, which want it for themselves, do not go with it.
#pragma once

#include <cstddef>

namespace heed_test {

// Bytes from operator new: those in use by this thread, and the most since the last reset.
std::size_t bytes_in_use();
std::size_t most_bytes_in_use();
void reset_most_bytes();

// The most bytes in use at one time during call(), beyond those before it.
template <class Call>
std::size_t peak_bytes_of(Call&& call) {
  const std::size_t before = bytes_in_use();
  reset_most_bytes();
  call();
  return most_bytes_in_use() - before;
}

}  // namespace heed_test
