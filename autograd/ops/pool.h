// Pooling: a window that slides over each channel, and one number of what it sees. Options and
// extents are PyTorch's: L' = floor((L + 2 padding - dilation (window - 1) - 1) / stride) + 1.
// The mean of a whole channel is mean(x, {2, 3}).
#pragma once

#include "autograd/tensor.h"
#include "autograd/window.h"

namespace heed::inline HEED_REAL {

struct MaxPool1dOptions {
  Index stride = 0;   // 0: as far as the window is long
  Index padding = 0;  // at most half the window, so that each one sees a value
  Index dilation = 1;
};
struct MaxPool2dOptions {
  HeightWidth stride = 0;
  HeightWidth padding = 0;
  HeightWidth dilation = 1;
};

// The largest value; what is padded counts as -inf. At a tie the first, row by row, takes the
// whole gradient. NaN wins. x (B, C, L) -> (B, C, L').
Tensor max_pool1d(const Tensor& x, Index window, const MaxPool1dOptions& options = {});
// x (B, C, H, W) -> (B, C, H', W').
Tensor max_pool2d(const Tensor& x, HeightWidth window, const MaxPool2dOptions& options = {});

struct AvgPool1dOptions {
  Index stride = 0;   // 0: as far as the window is long
  Index padding = 0;  // at most half the window
  // Count the padded zeros as values, as PyTorch does unless told; else divide by the number of
  // values in sight.
  bool count_include_pad = true;
};
struct AvgPool2dOptions {
  HeightWidth stride = 0;
  HeightWidth padding = 0;
  bool count_include_pad = true;
};

// The mean. x (B, C, L) -> (B, C, L').
Tensor avg_pool1d(const Tensor& x, Index window, const AvgPool1dOptions& options = {});
// x (B, C, H, W) -> (B, C, H', W').
Tensor avg_pool2d(const Tensor& x, HeightWidth window, const AvgPool2dOptions& options = {});

}  // namespace heed::inline HEED_REAL
