// The same values several times over, and windows that share values. Axes may be negative.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// The whole tensor times[i] times along axis i, as torch.repeat (np.tile): there may be more times
// than axes, then axes of extent 1 are put in front.
Tensor repeat(const Tensor& x, const std::vector<Index>& times);
// Each element of an axis `times` times in a row, or element i times[i] times, as
// torch.repeat_interleave (np.repeat).
Tensor repeat_interleave(const Tensor& x, Index times, int axis);
Tensor repeat_interleave(const Tensor& x, const Indices& times, int axis);
// Windows of `size` along an axis, one every `step`, as torch.Tensor.unfold: the axis becomes
// (extent - size) / step + 1 windows, and what is in a window becomes a new last axis. The
// gradients of windows that overlap add up.
Tensor unfold(const Tensor& x, int axis, Index size, Index step);
// The way back: adds windows (..., count, ..., size) up in zeros whose axis has `extent`. Overlaps
// add; what no window covers is 0. Not torch.nn.functional.fold, which is for patches of images.
Tensor fold(const Tensor& windows, int axis, Index extent, Index step);

}  // namespace heed::inline HEED_REAL
