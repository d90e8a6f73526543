// Axis by axis: picked slices, or two picked slices in a proportion.
#include "autograd/calling.h"
#include "autograd/ops/interpolate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "autograd/ops.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

using Ids = std::vector<std::int32_t>;

Tensor nearest(const Tensor& x, int axis, Index size) {
  const Index extent = x.dim(axis);
  Ids ids;
  for (Index i = 0; i < size; ++i) ids.push_back(checked_id("interpolate", i * extent / size));
  return index_select(x, Indices(std::move(ids)), axis);
}

Tensor linear(const Tensor& x, int axis, Index size, bool align_corners) {
  const auto extent = static_cast<double>(x.dim(axis)), count = static_cast<double>(size);
  Ids below, above;
  std::vector<Real> shares;  // of the one above
  for (Index i = 0; i < size; ++i) {
    const auto place = static_cast<double>(i);
    double at = std::max(0.0, (place + 0.5) * extent / count - 0.5);
    if (align_corners) at = size == 1 ? 0 : place * (extent - 1) / (count - 1);
    const double low = std::min(std::floor(at), extent - 1);
    below.push_back(checked_id("interpolate", static_cast<Index>(low)));
    above.push_back(
        checked_id("interpolate", static_cast<Index>(std::min(low + 1, extent - 1))));
    shares.push_back(static_cast<Real>(at - low));
  }
  Shape beside{size};  // (size, 1, ...), to meet the axis
  while (beside.rank() < x.rank() - axis) beside = beside.inserted(beside.rank(), 1);
  const Tensor share(beside, shares);
  return index_select(x, Indices(std::move(below)), axis) * (1 - share) +
         index_select(x, Indices(std::move(above)), axis) * share;
}

}  // namespace

Tensor interpolate(const Tensor& x, const std::vector<Index>& size,
                   const InterpolateOptions& options) {
  const Calling calling("interpolate");
  const int axes = x.rank() - 2;
  if (axes < 1 || static_cast<int>(size.size()) != axes) {
    throw ShapeError(fmt::format("[interpolate] x {} must be (B, C, ...) with a size for each of "
                                 "the {} axes behind, got {}",
                                 x.shape().str(), std::max(axes, 0), size.size()));
  }
  Tensor y = x;
  for (int i = 0; i < axes; ++i) {
    const Index wanted = size[static_cast<std::size_t>(i)];
    if (wanted < 1) {
      throw ValueError(fmt::format("[interpolate] a size must be at least 1, got {}", wanted));
    }
    if (x.dim(i + 2) == 0) {
      throw ShapeError(fmt::format("[interpolate] axis {} of x {} is empty", i + 2,
                                   x.shape().str()));
    }
    if (wanted == x.dim(i + 2)) continue;
    y = options.mode == InterpolateOptions::Mode::nearest
            ? nearest(y, i + 2, wanted)
            : linear(y, i + 2, wanted, options.align_corners);
  }
  return y;
}

}  // namespace heed::inline HEED_REAL
