// Several tensors become one.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Side by side along an axis that all have, torch.cat: (2, 3) and (4, 3) -> (6, 3) for axis 0. All
// other extents must agree: ShapeError. Throws ValueError when there are no parts.
Tensor concat(const std::vector<Tensor>& parts, int axis);
// concat({past, more}, axis), for what grows step by step, as keys and values do while a text is
// written. Where no gradient is recorded and all axes before `axis` have extent 1, the result has
// room behind it: the next append to it writes there and shares its memory, instead of copying all.
// What `past` holds stays; a second append to the same past, as of two beams, copies. Throws
// ShapeError as concat does.
Tensor append(const Tensor& past, const Tensor& more, int axis);
// Along a new axis, which is axis `axis` of the result: two of (2, 3) -> (2, 2, 3) for axis 0. All
// shapes must be equal: ShapeError. Throws ValueError when there are no parts.
Tensor stack(const std::vector<Tensor>& parts, int axis);

}  // namespace heed::inline HEED_REAL
