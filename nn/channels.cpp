#include "nn/channels.h"

#include <fmt/format.h>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::nn {

void check_channels(const char* layer, const Tensor& x, Index channels) {
  if (x.rank() >= 2 && x.dim(1) == channels) return;
  throw ShapeError(fmt::format("[{}] x must be (B, channels, ...) with {} channels, got {}", layer,
                               channels, x.shape().str()));
}

Tensor along_channels(const Tensor& values, const Tensor& x) {
  Shape shape = values.shape();
  while (shape.rank() < x.rank() - 1) shape = shape.inserted(shape.rank(), 1);
  return reshape(values, shape);
}

}  // namespace heed::inline HEED_REAL::nn
