// The three loops of a convolution: forward, and back to each of its two arguments.
//
// Each is a matrix product with the column matrix of an image, whose row (c, t) holds, for every
// place p of the result, the value that tap t of the window meets there in channel c. The matrix
// is made a block at a time, so that memory stays bounded, and never for the whole batch.
#pragma once

#include "autograd/window.h"

namespace heed::inline HEED_REAL {

// The extents of x (batch, channels, height, width), of weight (outputs, channels / groups,
// window) and of the result (batch, outputs, out.height, out.width).
struct ConvPlan {
  Index batch, channels, outputs, groups;
  HeightWidth in, window, out;
  HeightWidth stride, padding, dilation;

  Index group_channels() const { return channels / groups; }
  Index group_outputs() const { return outputs / groups; }
  Index taps() const { return window.height * window.width; }
  Index places() const { return out.height * out.width; }
  Index pixels() const { return in.height * in.width; }
};

// y = conv(x, weight) + bias; bias may be null.
void conv_forward(const ConvPlan& plan, const Real* x, const Real* weight, const Real* bias,
                  Real* y);
// dx: the transposed convolution of g, which has y's extents.
void conv_to_input(const ConvPlan& plan, const Real* g, const Real* weight, Real* dx);
// dweight: the correlation of x with g.
void conv_to_weight(const ConvPlan& plan, const Real* x, const Real* g, Real* dweight);

}  // namespace heed::inline HEED_REAL
