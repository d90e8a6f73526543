#include "tests/framework/counted_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

// Every block with its size in front, so that what is in use can be counted.
constexpr std::size_t front = alignof(std::max_align_t);
thread_local std::size_t in_use = 0;
thread_local std::size_t most = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  void* const block = std::malloc(front + bytes);
  if (!block) throw std::bad_alloc();
  std::memcpy(block, &bytes, sizeof(bytes));
  in_use += bytes;
  most = std::max(most, in_use);
  return static_cast<char*>(block) + front;
}

// The standard library's calls the one above; a sanitizer's does not.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void operator delete(void* pointer) noexcept {
  if (!pointer) return;
  void* const block = static_cast<char*>(pointer) - front;
  std::size_t bytes = 0;
  std::memcpy(&bytes, block, sizeof(bytes));
  in_use -= bytes;
  std::free(block);
}
void operator delete(void* pointer, std::size_t) noexcept { operator delete(pointer); }

namespace heed_test {

std::size_t bytes_in_use() { return in_use; }
std::size_t most_bytes_in_use() { return most; }
void reset_most_bytes() { most = in_use; }

}  // namespace heed_test
