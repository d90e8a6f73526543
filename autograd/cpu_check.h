// Can this processor run this build? With HEED_ARCH=native or x86-64-v3 the library is made of
// instructions that another machine may lack; better a sentence than an illegal instruction.
#pragma once

#include <initializer_list>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {

// Throws Error when the processor lacks an instruction set this library was built with. The
// first allocation calls it; a program may do so earlier.
void check_cpu();

namespace detail {
struct InstructionSet {
  const char* complaint;
  bool built;
  bool present;
};
// The complaint about the first set that was built in and is not present; null when there is none.
const char* first_missing(std::initializer_list<InstructionSet> sets);
}  // namespace detail

}  // namespace heed::inline HEED_REAL
