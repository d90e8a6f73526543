// The largest value is picked by its place, so that its derivatives are those of picking; the mean
// is a convolution with a constant window. Neither needs a rule of its own.
#include "autograd/calling.h"
#include "autograd/ops/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "autograd/kernels/pool.h"
#include "autograd/ops.h"
#include "autograd/ops/window.h"

namespace heed::inline HEED_REAL {
namespace {

Index pool_places(const char* op, Index in, Index window, Index stride, Index padding,
                  Index dilation, bool ceil_mode) {
  if (padding > window / 2) {
    throw ValueError(
        fmt::format("[{}] padding {} is more than half the window {}", op, padding, window));
  }
  Index places = window_places(op, in, window, stride, padding, dilation);
  if (ceil_mode) {
    const Index next = places * stride;  // where one more would begin, counted from the padding
    const bool reaches = (places - 1) * stride + window_span(window, dilation) < in + 2 * padding;
    if (reaches && next < in + padding) ++places;
  }
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
                  p.dilation.height, o.ceil_mode),
      pool_places(op, p.in.width, window.width, p.stride.width, p.padding.width, p.dilation.width,
                  o.ceil_mode)};
  return p;
}

// (planes, places)
Indices places_of_largest(const char* op, const Tensor& x, const PoolPlan& p) {
  const Index pixels = p.in.height * p.in.width;
  const Index places = p.out.height * p.out.width;
  if (pixels > std::numeric_limits<std::int32_t>::max()) {
    throw ShapeError(fmt::format("[{}] the {} positions of a channel are too many", op, pixels));
  }
  std::vector<std::int32_t> ids(static_cast<std::size_t>(p.planes * places));
  find_largest(p, x.data(), ids.data());
  return Indices({p.planes, places}, std::move(ids));
}

Tensor pick_largest(const char* op, const Tensor& x, const PoolPlan& p) {
  return take_along(reshape(x, Shape{p.planes, p.in.height * p.in.width}),
                    places_of_largest(op, x, p));
}

// How far the last window reaches beyond the padding, which ceil_mode allows.
Index beyond(Index out, Index stride, Index window, Index in, Index padding) {
  return std::max<Index>(0, (out - 1) * stride + window - (in + 2 * padding));
}

// The mean over each window of images (planes, 1, H, W).
Tensor window_mean(const Tensor& images, const PoolPlan& p, bool count_include_pad) {
  const HeightWidth more{
      beyond(p.out.height, p.stride.height, p.window.height, p.in.height, p.padding.height),
      beyond(p.out.width, p.stride.width, p.window.width, p.in.width, p.padding.width)};
  const bool reaches = more.height + more.width > 0;
  const auto wider = [](const Tensor& x, HeightWidth before, HeightWidth after) {
    return pad(pad(x, 2, before.height, after.height), 3, before.width, after.width);
  };
  const auto sums = [&p](const Tensor& of, HeightWidth padding, double weight) {
    const Tensor window =
        Tensor::full({1, 1, p.window.height, p.window.width}, static_cast<Real>(weight));
    return conv2d(of, window, {}, {.stride = p.stride, .padding = padding});
  };
  const Tensor x = reaches ? wider(images, 0, more) : images;
  if (count_include_pad && !reaches) {
    return sums(x, p.padding, 1.0 / static_cast<double>(p.window.height * p.window.width));
  }
  // What counts: the values, and the padding where told so.
  Tensor counted = wider(Tensor::ones({1, 1, p.in.height, p.in.width}), 0, more);
  if (count_include_pad) {
    const HeightWidth whole{p.in.height + 2 * p.padding.height, p.in.width + 2 * p.padding.width};
    counted = wider(Tensor::ones({1, 1, whole.height, whole.width}), 0, more);
  }
  return sums(x, p.padding, 1) / sums(counted, count_include_pad ? 0 : p.padding, 1);
}

PoolPlan max_plan1d(const Tensor& x, Index window, const MaxPool1dOptions& o) {
  return pool_plan("max_pool1d", x, 3, {1, window},
                   {.stride = {1, o.stride},
                    .padding = {0, o.padding},
                    .dilation = {1, o.dilation},
                    .ceil_mode = o.ceil_mode});
}

// Each window of an axis becomes one by `one`, which keeps the axis.
template <class One>
Tensor adapted(const Tensor& x, int axis, Index size, One one) {
  const Index extent = x.dim(axis);
  if (extent == size) return x;
  std::vector<Tensor> parts;
  for (Index i = 0; i < size; ++i) {
    const Index first = i * extent / size, stop = ((i + 1) * extent + size - 1) / size;
    parts.push_back(one(slice(x, axis, first, stop), axis));
  }
  return concat(parts, axis);
}

template <class One>
Tensor adapted(const char* op, const Tensor& x, int rank, HeightWidth size, One one) {
  check_range(op, "size", size, 1);
  if (x.rank() != rank || x.dim(-1) == 0 || x.dim(2) == 0) {
    throw ShapeError(fmt::format("[{}] x must be (batch, channels, {}) with values, got {}", op,
                                 rank == 3 ? "length" : "height, width", x.shape().str()));
  }
  const Tensor rows = rank == 3 ? x : adapted(x, 2, size.height, one);
  return adapted(rows, rank - 1, size.width, one);
}

Tensor mean_of(const Tensor& x, int axis) { return mean(x, axis, true); }
Tensor max_of(const Tensor& x, int axis) { return max(x, axis, true); }

}  // namespace

Tensor max_pool1d(const Tensor& x, Index window, const MaxPool1dOptions& options) {
  const Calling calling("max_pool1d");
  const PoolPlan p = max_plan1d(x, window, options);
  return reshape(pick_largest("max_pool1d", x, p), Shape{x.dim(0), x.dim(1), p.out.width});
}

Indices max_pool1d_places(const Tensor& x, Index window, const MaxPool1dOptions& options) {
  const PoolPlan p = max_plan1d(x, window, options);
  return places_of_largest("max_pool1d", x, p)
      .reshape(Shape{x.dim(0), x.dim(1), p.out.width});
}

Tensor max_pool2d(const Tensor& x, HeightWidth window, const MaxPool2dOptions& options) {
  const Calling calling("max_pool2d");
  const PoolPlan p = pool_plan("max_pool2d", x, 4, window, options);
  return reshape(pick_largest("max_pool2d", x, p),
                 Shape{x.dim(0), x.dim(1), p.out.height, p.out.width});
}

Indices max_pool2d_places(const Tensor& x, HeightWidth window, const MaxPool2dOptions& options) {
  const PoolPlan p = pool_plan("max_pool2d", x, 4, window, options);
  return places_of_largest("max_pool2d", x, p)
      .reshape(Shape{x.dim(0), x.dim(1), p.out.height, p.out.width});
}

Tensor avg_pool1d(const Tensor& x, Index window, const AvgPool1dOptions& o) {
  const Calling calling("avg_pool1d");
  const PoolPlan p = pool_plan("avg_pool1d", x, 3, {1, window},
                               {.stride = {1, o.stride},
                                .padding = {0, o.padding},
                                .ceil_mode = o.ceil_mode});
  const Tensor images = reshape(x, Shape{p.planes, 1, 1, p.in.width});
  return reshape(window_mean(images, p, o.count_include_pad),
                 Shape{x.dim(0), x.dim(1), p.out.width});
}

Tensor avg_pool2d(const Tensor& x, HeightWidth window, const AvgPool2dOptions& o) {
  const Calling calling("avg_pool2d");
  const PoolPlan p =
      pool_plan("avg_pool2d", x, 4, window,
                {.stride = o.stride, .padding = o.padding, .ceil_mode = o.ceil_mode});
  const Tensor images = reshape(x, Shape{p.planes, 1, p.in.height, p.in.width});
  return reshape(window_mean(images, p, o.count_include_pad),
                 Shape{x.dim(0), x.dim(1), p.out.height, p.out.width});
}

Tensor adaptive_avg_pool1d(const Tensor& x, Index size) {
  const Calling calling("adaptive_avg_pool1d");
  return adapted("adaptive_avg_pool1d", x, 3, size, mean_of);
}
Tensor adaptive_avg_pool2d(const Tensor& x, HeightWidth size) {
  const Calling calling("adaptive_avg_pool2d");
  return adapted("adaptive_avg_pool2d", x, 4, size, mean_of);
}
Tensor adaptive_max_pool1d(const Tensor& x, Index size) {
  const Calling calling("adaptive_max_pool1d");
  return adapted("adaptive_max_pool1d", x, 3, size, max_of);
}
Tensor adaptive_max_pool2d(const Tensor& x, HeightWidth size) {
  const Calling calling("adaptive_max_pool2d");
  return adapted("adaptive_max_pool2d", x, 4, size, max_of);
}

}  // namespace heed::inline HEED_REAL
