// The largest value is picked by its place, so that its derivatives are those of picking; the mean
// is a convolution with a constant window. Neither needs a rule of its own.
#include "autograd/ops/pool.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "autograd/kernels/pool.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/conv.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/shape_ops.h"
#include "autograd/ops/window.h"

namespace heed::inline HEED_REAL {
namespace {

Index pool_places(const char* op, Index in, Index window, Index stride, Index padding,
                  Index dilation) {
  if (padding > window / 2) {
    throw ValueError(
        fmt::format("[{}] padding {} is more than half the window {}", op, padding, window));
  }
  const Index places = window_places(op, in, window, stride, padding, dilation);
  for (Index place = 0; place < places; ++place) {
    const Reach seen = reach(place, stride, padding, window, dilation, in);
    if (seen.first >= seen.stop) {
      throw ShapeError(
          fmt::format("[{}] place {} of the window sees nothing but padding", op, place));
    }
  }
  return places;
}

// A sequence is an image of height 1.
PoolPlan pool_plan(const char* op, const Tensor& x, int rank, HeightWidth window,
                   const MaxPool2dOptions& o) {
  if (x.rank() != rank) {
    throw ShapeError(fmt::format("[{}] x must be (batch, channels, {}), got {}", op,
                                 rank == 3 ? "length" : "height, width", x.shape().str()));
  }
  PoolPlan p{.planes = x.dim(0) * x.dim(1),
             .in = {rank == 3 ? 1 : x.dim(2), x.dim(-1)},
             .window = window,
             .stride = o.stride,
             .padding = o.padding,
             .dilation = o.dilation,
             .out = 0};
  check_range(op, "the window", window, 1);
  check_range(op, "stride", o.stride, 0);
  check_range(op, "padding", o.padding, 0);
  check_range(op, "dilation", o.dilation, 1);
  if (p.stride.height == 0) p.stride.height = window.height;
  if (p.stride.width == 0) p.stride.width = window.width;
  p.out = {
      pool_places(op, p.in.height, window.height, p.stride.height, p.padding.height,
                  p.dilation.height),
      pool_places(op, p.in.width, window.width, p.stride.width, p.padding.width, p.dilation.width)};
  return p;
}

Tensor pick_largest(const char* op, const Tensor& x, const PoolPlan& p) {
  const Index pixels = p.in.height * p.in.width;
  const Index places = p.out.height * p.out.width;
  if (pixels > std::numeric_limits<std::int32_t>::max()) {
    throw ShapeError(fmt::format("[{}] the {} positions of a channel are too many", op, pixels));
  }
  std::vector<std::int32_t> ids(static_cast<std::size_t>(p.planes * places));
  find_largest(p, x.data(), ids.data());
  return take_along(reshape(x, Shape{p.planes, pixels}),
                    Indices({p.planes, places}, std::move(ids)));  // (planes, places)
}

// The mean over each window of images (planes, 1, H, W).
Tensor window_mean(const Tensor& images, const PoolPlan& p, bool count_include_pad) {
  const auto sums = [&p](const Tensor& of, double weight) {
    const Tensor window =
        Tensor::full({1, 1, p.window.height, p.window.width}, static_cast<Real>(weight));
    return conv2d(of, window, {}, {.stride = p.stride, .padding = p.padding});
  };
  if (count_include_pad) {
    return sums(images, 1.0 / static_cast<double>(p.window.height * p.window.width));
  }
  return sums(images, 1) / sums(Tensor::ones({1, 1, p.in.height, p.in.width}), 1);
}

}  // namespace

Tensor max_pool1d(const Tensor& x, Index window, const MaxPool1dOptions& o) {
  const PoolPlan p =
      pool_plan("max_pool1d", x, 3, {1, window},
                {.stride = {1, o.stride}, .padding = {0, o.padding}, .dilation = {1, o.dilation}});
  return reshape(pick_largest("max_pool1d", x, p), Shape{x.dim(0), x.dim(1), p.out.width});
}

Tensor max_pool2d(const Tensor& x, HeightWidth window, const MaxPool2dOptions& options) {
  const PoolPlan p = pool_plan("max_pool2d", x, 4, window, options);
  return reshape(pick_largest("max_pool2d", x, p),
                 Shape{x.dim(0), x.dim(1), p.out.height, p.out.width});
}

Tensor avg_pool1d(const Tensor& x, Index window, const AvgPool1dOptions& o) {
  const PoolPlan p = pool_plan("avg_pool1d", x, 3, {1, window},
                               {.stride = {1, o.stride}, .padding = {0, o.padding}});
  const Tensor images = reshape(x, Shape{p.planes, 1, 1, p.in.width});
  return reshape(window_mean(images, p, o.count_include_pad),
                 Shape{x.dim(0), x.dim(1), p.out.width});
}

Tensor avg_pool2d(const Tensor& x, HeightWidth window, const AvgPool2dOptions& o) {
  const PoolPlan p =
      pool_plan("avg_pool2d", x, 4, window, {.stride = o.stride, .padding = o.padding});
  const Tensor images = reshape(x, Shape{p.planes, 1, p.in.height, p.in.width});
  return reshape(window_mean(images, p, o.count_include_pad),
                 Shape{x.dim(0), x.dim(1), p.out.height, p.out.width});
}

}  // namespace heed::inline HEED_REAL
