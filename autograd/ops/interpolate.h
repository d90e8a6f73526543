// Images and signals at another resolution.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

struct InterpolateOptions {
  // The value that is nearest to the left (floor), or the two beside it in proportion to their
  // distance: linear of one axis, bilinear of two, trilinear of three.
  enum class Mode { nearest, linear };
  Mode mode = Mode::nearest;
  // Of `linear`: the first and the last value stay where they are; else pixels are areas, and place
  // i of n stands at (i + 1/2) L / n - 1/2, not beyond the ends.
  bool align_corners = false;
};
// Every axis behind the first two at a new extent: x (B, C, L, ...), size (L', ...) -> (B, C, L',
// ...), as torch.nn.functional.interpolate. Throws ShapeError, and ValueError unless the sizes are
// >= 1.
Tensor interpolate(const Tensor& x, const std::vector<Index>& size,
                   const InterpolateOptions& options = {});

}  // namespace heed::inline HEED_REAL
