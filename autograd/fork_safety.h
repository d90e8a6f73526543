// What a child of fork() inherits: one thread, and every lock as it stood.
#pragma once

#include <mutex>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// The lock is free in every child made from now on, and what it guards is whole: fork() waits for
// whoever holds it. For locks that are never destroyed and held for moments only. At most 8.
void hold_during_fork(std::mutex& lock);

}  // namespace heed::inline HEED_REAL
