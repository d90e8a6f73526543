// CBAM, the convolutional block attention module: a gate for channels, then one for places.
// Woo, Park, Lee, Kweon 2018, "CBAM: convolutional block attention module", arXiv 1807.06521,
// section 3.
//
//   M_c = sigmoid(mlp(mean of x over places) + mlp(max of x over places)),      x' = M_c x
//   M_s = sigmoid(w * [mean of x' over channels; max of x' over channels] + b),  y = M_s x'
//
// Shapes   x (B, C, H, W) -> y (B, C, H, W); M_c (B, C, 1, 1), M_s (B, 1, H, W); mlp with C / r
//          hidden numbers, w a window of 7 x 7 (or `window`) over two planes.
// Cost     5 C H W for pooling and scaling, 4 C^2 / r and 2 window^2 H W multiply-adds; 2 window^2
//          + 1 parameters a spatial gate, however many channels there are.
// Differs  from softmax attention: both are gates between 0 and 1, a sigmoid each. Places do not
//          compete, and nothing is carried from one to another; a place passes or not by what lies
//          within its window. The paper's own program has a batch norm behind the window, which is
//          left out here as in its formula. Not where a depthwise convolution of the same window
//          would do, which the task `marker` puts beside it: that one learns the same; nor where
//          nothing distracts. Its published gains are of large networks on large pictures.
// Limit    with all weights at 0 every gate is 1/2 (gates_without_weights_are_one_half).
//
// Either gate can stand alone. The first is SE's (channel_gate.h) with maxima beside the means. As
// there, padded pictures have other gates. Looked at (maps.h) the gates are (B, 1, 1, C) and
// (B, 1, H, W).
#pragma once

#include "attention/pictures/channel_gate.h"
#include "nn/conv.h"

namespace heed::inline HEED_REAL::attention {

// The gate for places alone: a number between 0 and 1 for each.
class SpatialGate : public nn::Module {
 public:
  // Throws ValueError unless the window is odd.
  SpatialGate(Index window, Generator& rng);
  // x (B, C, H, W) -> (B, 1, H, W). Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  nn::Conv2d& conv_;
};

struct CbamOptions {
  Index reduction = 16;  // r
  Index window = 7;      // of the spatial gate, odd
  bool channel = true, spatial = true;  // which gates there are
};

class Cbam : public nn::Module {
 public:
  using Options = CbamOptions;

  // Throws ValueError unless channels and reduction are >= 1, the window is odd, and there is a
  // gate.
  Cbam(Index channels, Generator& rng, const CbamOptions& options = {});
  Tensor operator()(const Tensor& x) const;

  // null: without.
  const ChannelGate* channel() const { return channel_; }
  const SpatialGate* spatial() const { return spatial_; }

 private:
  ChannelGate* channel_ = nullptr;
  SpatialGate* spatial_ = nullptr;
};

}  // namespace heed::inline HEED_REAL::attention
