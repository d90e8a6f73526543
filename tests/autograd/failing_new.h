// A program that links failing_new.cpp has an operator new that can be told to fail.
#pragma once

#include <cstddef>

namespace heed_test {

// The n-th call of this thread from now on throws std::bad_alloc; 0: none does.
void fail_new_in(std::size_t n);

}  // namespace heed_test
