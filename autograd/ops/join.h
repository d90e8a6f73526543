// Several tensors become one.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

Tensor concat(const std::vector<Tensor>& parts, int axis);
Tensor stack(const std::vector<Tensor>& parts, int axis);

}  // namespace heed::inline HEED_REAL
