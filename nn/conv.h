// Convolutions with learned windows: layouts, names and initial values are PyTorch's. What they
// compute stands in autograd/ops/conv.h.
//
// Weight and bias start from U(-b, b) with b = 1 / sqrt(f), where f is the second extent of the
// weight times the taps of the window (PyTorch's fan in, of the transposed ones too).
#pragma once

#include "autograd/ops/conv.h"
#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct Conv1dOptions {
  Index stride = 1;
  Index padding = 0;
  Index dilation = 1;
  Index groups = 1;
  Index padding_after = -1;  // at the end; -1: as many
  bool same = false;         // as many as make ceil(L / stride) places
  bool bias = true;
};

// Parameters: weight (out, in / groups, window), bias (out).
class Conv1d : public Module {
 public:
  using Options = Conv1dOptions;

  // Throws ValueError unless the sizes are >= 1 and groups divides in and out.
  Conv1d(Index in, Index out, Index window, Generator& rng, const Conv1dOptions& options = {});

  // x (B, in, L) -> (B, out, L'). Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  heed::Conv1dOptions options_;
  Tensor weight_;
  Tensor bias_;
};

struct Conv2dOptions {
  HeightWidth stride = 1;
  HeightWidth padding = 0;
  HeightWidth dilation = 1;
  Index groups = 1;
  HeightWidth padding_after = -1;
  bool same = false;
  bool bias = true;
};

// Parameters: weight (out, in / groups, window.height, window.width), bias (out).
class Conv2d : public Module {
 public:
  using Options = Conv2dOptions;

  Conv2d(Index in, Index out, HeightWidth window, Generator& rng,
         const Conv2dOptions& options = {});

  // x (B, in, H, W) -> (B, out, H', W').
  Tensor operator()(const Tensor& x) const;

 private:
  heed::Conv2dOptions options_;
  Tensor weight_;
  Tensor bias_;
};

struct ConvTranspose1dOptions {
  Index stride = 1;
  Index padding = 0;
  Index output_padding = 0;
  Index dilation = 1;
  Index groups = 1;
  bool bias = true;
};

// Parameters: weight (in, out / groups, window), bias (out).
class ConvTranspose1d : public Module {
 public:
  using Options = ConvTranspose1dOptions;

  ConvTranspose1d(Index in, Index out, Index window, Generator& rng,
                  const ConvTranspose1dOptions& options = {});

  // x (B, in, L) -> (B, out, L').
  Tensor operator()(const Tensor& x) const;

 private:
  heed::ConvTranspose1dOptions options_;
  Tensor weight_;
  Tensor bias_;
};

struct ConvTranspose2dOptions {
  HeightWidth stride = 1;
  HeightWidth padding = 0;
  HeightWidth output_padding = 0;
  HeightWidth dilation = 1;
  Index groups = 1;
  bool bias = true;
};

// Parameters: weight (in, out / groups, window.height, window.width), bias (out).
class ConvTranspose2d : public Module {
 public:
  using Options = ConvTranspose2dOptions;

  ConvTranspose2d(Index in, Index out, HeightWidth window, Generator& rng,
                  const ConvTranspose2dOptions& options = {});

  // x (B, in, H, W) -> (B, out, H', W').
  Tensor operator()(const Tensor& x) const;

 private:
  heed::ConvTranspose2dOptions options_;
  Tensor weight_;
  Tensor bias_;
};

}  // namespace heed::inline HEED_REAL::nn
