// Non-local block: every place of a picture looks at all others, and adds what it found.
// Wang, Girshick, Gupta, He 2017, "Non-local neural networks", arXiv 1711.07971, section 3: the
// embedded Gaussian, figure 2.
//
//   a_ij = softmax over places j of theta(x_i) . phi(x_j),   y_i = x_i + W_z sum_j a_ij g(x_j)
//
// Shapes   x (B, C, H, W) -> y (B, C, H, W); theta, phi and g from C to `inner` = C / 2 numbers a
//          place (1 x 1 convolutions), W_z back to C.
// Cost     with N = H W places 2 N^2 inner multiply-adds for scores and values and 4 N C inner for
//          the projections; the fused kernel keeps N numbers, no matrix.
// Differs  it is dot-product attention over places as tokens (`dot`), without a scale, in half of
//          the width, around which the input passes. Places do not know where they lie beyond what
//          the convolutions before it tell them. The paper's halving of keys by pooling is left
//          out. Not for large maps, whose places are many: put it where they are few; and not where
//          what is looked for lies within reach of a convolution.
// Limit    it starts as the identity: W_z and its bias begin at 0 (a_fresh_block_is_the_identity).
#pragma once

#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct NonLocalOptions {
  Index inner = 0;  // 0: half of the channels
};

class NonLocal : public nn::Module {
 public:
  using Options = NonLocalOptions;

  // Throws ValueError unless channels >= 1 and inner >= 0.
  NonLocal(Index channels, Generator& rng, const NonLocalOptions& options = {});
  // x (B, C, H, W) -> the same shape. Throws ShapeError.
  Tensor operator()(const Tensor& x) const;

 private:
  nn::Linear& theta_;
  nn::Linear& phi_;
  nn::Linear& g_;
  nn::Linear& w_z_;
};

}  // namespace heed::inline HEED_REAL::attention
