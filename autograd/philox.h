// Philox4x32-10 itself, behind Generator. Internal; for ops that draw many words at once.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

using PhiloxBlock = std::array<std::uint32_t, 4>;

// Four words, a pure function of the 128-bit counter and the key. Salmon et al. 2011, section 3.3.
PhiloxBlock philox_block(const PhiloxBlock& counter, std::uint64_t key);

// Words first, first + 1, ... of the stream of `key`: what Generator::bits() would draw one by one.
void philox_words(std::uint64_t key, std::uint64_t first, std::span<std::uint32_t> out);

}  // namespace heed::inline HEED_REAL
