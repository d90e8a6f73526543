// Finds out, while a Module is being constructed, whether it lies inside another Module.
//
// A member `Linear linear_;` would work and learn nothing, since its owner never hears of it. At
// the moment it is constructed its address lies between the first and the last byte of the owner.
// The first byte is known, but not the last: the owner's base class does not know what was derived
// from it. The one function that a compiler writes for every class with a virtual destructor and
// that does know is operator delete's caller, and since C++20 operator delete may decline to
// delete. So the question is put to it.
//
// What is not seen: a member by value of an abstract class, while the class itself is constructed.
#pragma once

#include <cstddef>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::nn {

class Module;

namespace by_value {

// Called by Module's constructor. Throws GraphError when the module lies inside another one of this
// thread.
void enter(Module& module);
// Called when nothing more can be built inside the module: it is owned by another, or being
// destroyed.
void leave(Module& module);
// Called by Module's operator delete: true when only the size was asked for.
bool answer_size(std::size_t bytes);

}  // namespace by_value
}  // namespace heed::inline HEED_REAL::nn
