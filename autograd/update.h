// Writing many leaves in place, in one pass: the door for optimizers.
#pragma once

#include <functional>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Elements [begin, end) of targets[tensor].
using UpdateKernel = std::function<void(std::size_t tensor, Index begin, Index end)>;

// Calls the kernel until every element of every target was handed to it once, in tiles of a fixed
// size over all of them, on all threads of the pool, and raises the version of each: a backward
// that still needs the old values throws GraphError. The kernel writes
// targets[tensor].mutable_data() and what belongs to the same elements, and nothing else. Throws
// GraphError, before any call, on a target that was computed.
void update_in_place(const std::vector<Tensor>& targets, const UpdateKernel& kernel);

}  // namespace heed::inline HEED_REAL
