// The memory of a tensor. Kept apart from the values, so that a sanitizer sees a read one element
// too early.
#pragma once

#include <cstddef>
#include <cstdint>

#include "autograd/pointer.h"
#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct Storage {
  Real* data = nullptr;
  std::size_t elements = 0;
  std::uint64_t version = 0;  // raised by every write after the making
  std::uint32_t references = 0;
  std::uint32_t size_class = 0;
  // Of memory with room behind its tensor: how many elements were given away so far. 0: no room.
  std::size_t grown = 0;
};

// Takes the `more` elements behind the first `end`. False when there is no such room, or somebody
// took it before; of several threads that ask at once, one gets it.
bool take_room(Storage& storage, std::size_t end, std::size_t more);

void retain(Storage* storage);
void release(Storage* storage);

// Not initialised (NaN under poison). Throws OutOfMemory. From the graph's thread only: a kernel
// allocates before it spreads over tiles.
Pointer<Storage> allocate(Index elements);

}  // namespace heed::inline HEED_REAL
