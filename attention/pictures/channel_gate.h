// Squeeze and excitation: which channels of a picture count is decided from the whole of it.
// Hu, Shen, Sun 2017, "Squeeze-and-excitation networks", arXiv 1709.01507, section 3.
//
//   z_c = mean of x_c over all places,   g = sigmoid(W_2 relu(W_1 z + b_1) + b_2),   y_c = g_c x_c
//
// Shapes   x (B, C, H, W) -> y (B, C, H, W), g (B, C, 1, 1); C / reduction hidden numbers, at least
//          one: fc1 (C / r, C), fc2 (C, C / r).
// Cost     2 C H W for pooling and scaling and 2 C^2 / r multiply-adds: next to nothing beside a
//          convolution, whose output it scales.
// Differs  from softmax attention in all but the name: channels do not compete, the weights are no
//          distribution, and nothing is carried from one place to another. It says how much of each
//          feature passes, once for the whole picture. Not to find where something is; and its
//          published gains are of large networks on large pictures: a hidden layer before the
//          answer learns the task `cue-colour` as well, and on `clutter` the network without the
//          gate reads better.
// Limit    with all weights at 0 every gate is 1/2 (gates_without_weights_are_one_half).
//
// A picture has no padding mask: means and maxima take all places alike, so padded pictures have
// other gates (padding_changes_the_gates). Cut them to size first. Looked at (maps.h) the gate is
// the row (B, 1, 1, C).
#pragma once

#include <string>

#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct ChannelGateOptions {
  Index reduction = 16;  // r
  // The maxima over all places go through the same layers, and both results are added: CBAM's.
  bool maximum = false;
};

// The gate alone: a number between 0 and 1 for each channel.
class ChannelGate : public nn::Module {
 public:
  using Options = ChannelGateOptions;

  // `name` speaks in errors and maps. Throws ValueError unless channels and reduction are >= 1.
  ChannelGate(std::string name, Index channels, Generator& rng,
              const ChannelGateOptions& options = {});
  // x (B, C, H, W) -> (B, C, 1, 1). Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  std::string name_;
  ChannelGateOptions options_;
  nn::Linear& fc1_;
  nn::Linear& fc2_;
};

struct SqueezeExcitationOptions {
  Index reduction = 16;
};

class SqueezeExcitation : public nn::Module {
 public:
  using Options = SqueezeExcitationOptions;

  // As ChannelGate.
  SqueezeExcitation(Index channels, Generator& rng, const SqueezeExcitationOptions& options = {});
  Tensor operator()(const Tensor& x) const;

  const ChannelGate& gate() const { return gate_; }

 private:
  ChannelGate& gate_;
};

}  // namespace heed::inline HEED_REAL::attention
