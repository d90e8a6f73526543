// Convolutions in one and two dimensions, as neural networks mean them: the window is not turned
// round (cross-correlation). Layouts, options and names are PyTorch's.
//
//   y[b, o, p] = bias[o] + sum_{c, t} weight[o, c, t] * x[b, c, stride p + dilation t - padding]
//
// where x is 0 outside its extents. These zeros are multiplied like any other value: beside them an
// infinite weight makes NaN, and an infinite x or cotangent may make NaN of all of its channel's
// derivatives by weights. With `groups`, the channels and the outputs are cut into that many
// parts, and part i of the outputs sees part i of the channels only.
//
// Dumoulin, Visin 2016, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285.
#pragma once

#include "autograd/tensor.h"
#include "autograd/window.h"

namespace heed::inline HEED_REAL {

struct Conv1dOptions {
  Index stride = 1;
  Index padding = 0;  // zeros on either side
  Index dilation = 1;
  Index groups = 1;
  // Zeros at the end, where they are others than those at the beginning; -1: as many.
  Index padding_after = -1;
  // As many zeros as make ceil(L / stride) places, whatever padding says; an odd one at the end.
  // PyTorch's padding="same".
  bool same = false;
};
struct Conv2dOptions {
  HeightWidth stride = 1;
  HeightWidth padding = 0;
  HeightWidth dilation = 1;
  Index groups = 1;
  HeightWidth padding_after = -1;  // below and to the right
  bool same = false;
};

// x (B, C, L), weight (O, C / groups, K), bias (O) or undefined -> (B, O, L'), with
// L' = floor((L + 2 padding - dilation (K - 1) - 1) / stride) + 1. Throws ShapeError when the
// window spans more than the padded x.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
              const Conv1dOptions& options = {});
// x (B, C, H, W), weight (O, C / groups, KH, KW), bias (O) or undefined -> (B, O, H', W').
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
              const Conv2dOptions& options = {});

struct ConvTranspose1dOptions {
  Index stride = 1;
  Index padding = 0;         // taken off the result on either side
  Index output_padding = 0;  // added to the result at its end; below stride or dilation
  Index dilation = 1;
  Index groups = 1;
};
struct ConvTranspose2dOptions {
  HeightWidth stride = 1;
  HeightWidth padding = 0;
  HeightWidth output_padding = 0;
  HeightWidth dilation = 1;
  Index groups = 1;
};

// The transpose of conv1d with the same options and weight, which is stored as (C, O / groups, K):
// x (B, C, L), bias (O) or undefined -> (B, O, L'), with L' = (L - 1) stride - 2 padding +
// dilation (K - 1) + output_padding + 1. A convolution of stride s maps s lengths to one;
// output_padding says which of them comes back.
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
                        const ConvTranspose1dOptions& options = {});
// x (B, C, H, W), weight (C, O / groups, KH, KW), bias (O) or undefined -> (B, O, H', W').
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
                        const ConvTranspose2dOptions& options = {});

}  // namespace heed::inline HEED_REAL
