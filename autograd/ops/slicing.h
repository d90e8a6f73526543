// Cutting pieces out of a tensor, and the way back: padding. Axes may be negative.
#pragma once

#include <utility>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// start, start + step, ... up to and without stop, as in NumPy: negative start and stop count from
// the end, a negative step walks backwards. What reaches out of the axis is refused, not clamped:
// start <= stop for a positive step, start >= stop for a negative one, where a stop of -extent - 1
// stands before the first element: slice(x, 0, -1, -n - 1, -1) is x[::-1].
Tensor slice(const Tensor& x, int axis, Index start, Index stop, Index step = 1);
// The i-th along an axis, which goes away.
Tensor select(const Tensor& x, int axis, Index i);
// Consecutive pieces along an axis, as torch.split: of `size` each, the last one what is left, or
// of the given sizes, which must add up to the extent.
std::vector<Tensor> split(const Tensor& x, Index size, int axis = 0);
std::vector<Tensor> split(const Tensor& x, const std::vector<Index>& sizes, int axis = 0);

// What stands in a border. For a row a b c and a border of 2:
//   constant   v v a b c v v   (the value of PadOptions)
//   reflect    c b a b c b a   (without repeating the edge; on and on, as in NumPy)
//   replicate  a a a b c c c
//   circular   b c a b c a b
enum class PadMode { constant, reflect, replicate, circular };
struct PadOptions {
  PadMode mode = PadMode::constant;
  double value = 0;
};
// A border around one axis, or around all: widths[i] is what goes before and after axis i (NumPy's
// order; torch.nn.functional.pad counts from the last axis). An empty axis has nothing to mirror
// or repeat: ShapeError.
Tensor pad(const Tensor& x, int axis, Index before, Index after, const PadOptions& options = {});
Tensor pad(const Tensor& x, const std::vector<std::pair<Index, Index>>& widths,
           const PadOptions& options = {});
// The elements of an axis in the opposite order.
Tensor flip(const Tensor& x, int axis);
// Moves element i of an axis to i + shift; what falls off at one end comes in at the other.
Tensor roll(const Tensor& x, Index shift, int axis);

}  // namespace heed::inline HEED_REAL
