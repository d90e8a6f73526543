// Small blocks (nodes, tensor records) by size, reused without asking the system.
#pragma once

#include <cstddef>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

void* take_block(std::size_t bytes);
void return_block(void* block, std::size_t bytes);

// True when blocks must not be reused, because a sanitizer watches them.
constexpr bool pass_through() {
#if defined(__SANITIZE_ADDRESS__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

}  // namespace heed::inline HEED_REAL
