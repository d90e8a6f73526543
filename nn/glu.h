// The gated linear unit as a layer: one half of an axis, let through by the other. What it computes
// stands in autograd/ops/glu.h.
#pragma once

#include "autograd/ops/glu.h"
#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

// Without parameters; in a row of layers, net.add<nn::GLU>().
class GLU : public Module {
 public:
  explicit GLU(int axis = -1) : axis_(axis) {}

  // x (..., 2 n, ...) -> (..., n, ...). Throws ShapeError.
  Tensor operator()(const Tensor& x) const { return glu(x, axis_); }

 private:
  int axis_;
};

}  // namespace heed::inline HEED_REAL::nn
