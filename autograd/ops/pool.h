// Pooling: a window that slides over each channel, and one number of what it sees. Options and
// extents are PyTorch's: L' = floor((L + 2 padding - dilation (window - 1) - 1) / stride) + 1. With
// `ceil_mode` the quotient is rounded up, so that the last window may reach beyond the padding, but
// none begins there. The mean of a whole channel is mean(x, {2, 3}).
#pragma once

#include "autograd/tensor.h"
#include "autograd/window.h"

namespace heed::inline HEED_REAL {

struct MaxPool1dOptions {
  Index stride = 0;   // 0: as far as the window is long
  Index padding = 0;  // at most half the window, so that each one sees a value
  Index dilation = 1;
  bool ceil_mode = false;
};
struct MaxPool2dOptions {
  HeightWidth stride = 0;
  HeightWidth padding = 0;
  HeightWidth dilation = 1;
  bool ceil_mode = false;
};

// The largest value; what is padded counts as -inf. At a tie the first, row by row, takes the
// whole gradient. NaN wins. x (B, C, L) -> (B, C, L').
Tensor max_pool1d(const Tensor& x, Index window, const MaxPool1dOptions& options = {});
// x (B, C, H, W) -> (B, C, H', W').
Tensor max_pool2d(const Tensor& x, HeightWidth window, const MaxPool2dOptions& options = {});

// Where these values stand in their channel: h W + w in an image. PyTorch's `return_indices`.
Indices max_pool1d_places(const Tensor& x, Index window, const MaxPool1dOptions& options = {});
Indices max_pool2d_places(const Tensor& x, HeightWidth window,
                          const MaxPool2dOptions& options = {});

struct AvgPool1dOptions {
  Index stride = 0;   // 0: as far as the window is long
  Index padding = 0;  // at most half the window
  // Count the padded zeros as values, as PyTorch does unless told; else divide by the number of
  // values in sight.
  bool count_include_pad = true;
  bool ceil_mode = false;
};
struct AvgPool2dOptions {
  HeightWidth stride = 0;
  HeightWidth padding = 0;
  bool count_include_pad = true;
  bool ceil_mode = false;
};

// The mean. x (B, C, L) -> (B, C, L').
Tensor avg_pool1d(const Tensor& x, Index window, const AvgPool1dOptions& options = {});
// x (B, C, H, W) -> (B, C, H', W').
Tensor avg_pool2d(const Tensor& x, HeightWidth window, const AvgPool2dOptions& options = {});

// As many windows as are asked for, of sizes as equal as can be: window i of an axis of L goes from
// floor(i L / size) to ceil((i + 1) L / size). x (B, C, L) -> (B, C, size), or (B, C, H, W) -> (B,
// C, size.height, size.width). Throws ShapeError, and ValueError unless the sizes are >= 1.
Tensor adaptive_avg_pool1d(const Tensor& x, Index size);
Tensor adaptive_avg_pool2d(const Tensor& x, HeightWidth size);
Tensor adaptive_max_pool1d(const Tensor& x, Index size);
Tensor adaptive_max_pool2d(const Tensor& x, HeightWidth size);

}  // namespace heed::inline HEED_REAL
