#include "tests/autograd/failing_new.h"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t fail_in = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  if (fail_in != 0 && --fail_in == 0) throw std::bad_alloc();
  void* const block = std::malloc(bytes == 0 ? 1 : bytes);
  if (!block) throw std::bad_alloc();
  return block;
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }

namespace heed_test {

void fail_new_in(std::size_t n) { fail_in = n; }

}  // namespace heed_test
