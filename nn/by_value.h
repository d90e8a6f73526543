// Finds out whether a Module lies inside another one.
//
// A member `Linear linear_;` would work and learn nothing, since its owner never hears of it. Its
// address tells: it lies between the first and the last byte of the owner.
//
// A Module on the heap was asked for through Module's operator new, which knows how long it is:
// there the member's own constructor throws. Of one on the stack the base class knows the first
// byte only, and asks for the length at the first use. The one piece of code that a compiler writes
// for every class with a virtual destructor and that knows the length of the whole object is the
// caller of operator delete; and since C++20 operator delete may decline to delete. So the question
// is put to it. At the first use and not before: while an abstract class is constructed, the
// compiler has no such code.
#pragma once

#include <cstddef>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::nn {

class Module;

namespace by_value {

// What Module's operator new and delete hand out and take back.
void* allocate(std::size_t bytes);
void deallocate(void* block);

// Called by Module's constructor. Throws GraphError inside a heap block that has a Module already.
void enter(Module& module);
// Called when the module is owned by another one, or being destroyed.
void leave(Module& module);
// Called at each use of the module as a whole. Throws GraphError when another one lies inside it.
void check(const Module& module);
// Called by Module's operator delete: true when only the length was asked for.
bool answer_length(std::size_t bytes);

}  // namespace by_value
}  // namespace heed::inline HEED_REAL::nn
