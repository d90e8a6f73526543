// Three functions that are linear in each of two arguments, and each other's derivatives: the
// convolution, the way back to its input, and the way back to its weight. So derivatives of every
// order exist, and each kernel is there once.
#include "autograd/ops/conv.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "autograd/graph.h"
#include "autograd/kernels/conv.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/shape_ops.h"
#include "autograd/ops/slicing.h"
#include "autograd/ops/window.h"

namespace heed::inline HEED_REAL {
namespace {

// ---- the three, on images ---------------------------------------------------------------------

Tensor input_from(const Tensor& g, const Tensor& weight, const ConvPlan& p);
Tensor weight_from(const Tensor& x, const Tensor& g, const ConvPlan& p);

Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvPlan& p) {
  Tensor y = Tensor::empty({p.batch, p.outputs, p.out.height, p.out.width});
  conv_forward(p, x.data(), weight.data(), bias.defined() ? bias.data() : nullptr,
               y.mutable_data());
  const auto x_rule = [w = keep(weight), p](const Tensor& g) { return input_from(g, w(), p); };
  const auto weight_rule = [x = keep(x), p](const Tensor& g) { return weight_from(x(), g, p); };
  if (!bias.defined()) {
    return differentiable("conv", std::move(y), wrt(x, x_rule), wrt(weight, weight_rule));
  }
  const auto bias_rule = [](const Tensor& g) { return sum(g, {0, 2, 3}); };
  return differentiable("conv", std::move(y), wrt(x, x_rule), wrt(weight, weight_rule),
                        wrt(bias, bias_rule));
}

Tensor input_from(const Tensor& g, const Tensor& weight, const ConvPlan& p) {
  Tensor dx = Tensor::empty({p.batch, p.channels, p.in.height, p.in.width});
  conv_to_input(p, g.data(), weight.data(), dx.mutable_data());
  return differentiable(
      "conv_transpose", std::move(dx),
      wrt(g, [w = keep(weight), p](const Tensor& h) { return convolve(h, w(), {}, p); }),
      wrt(weight, [g = keep(g), p](const Tensor& h) { return weight_from(h, g(), p); }));
}

Tensor weight_from(const Tensor& x, const Tensor& g, const ConvPlan& p) {
  Tensor dweight = Tensor::empty({p.outputs, p.group_channels(), p.window.height, p.window.width});
  conv_to_weight(p, x.data(), g.data(), dweight.mutable_data());
  return differentiable(
      "conv_weight", std::move(dweight),
      wrt(x, [g = keep(g), p](const Tensor& v) { return input_from(g(), v, p); }),
      wrt(g, [x = keep(x), p](const Tensor& v) { return convolve(x(), v, {}, p); }));
}

// ---- what a call means ------------------------------------------------------------------------

// A sequence is an image of height 1.
HeightWidth extents_of(const Shape& shape) {
  return shape.rank() == 3 ? HeightWidth{1, shape[2]} : HeightWidth{shape[2], shape[3]};
}
Tensor as_image(const Tensor& x) { return reshape(x, {x.dim(0), x.dim(1), 1, x.dim(2)}); }
Tensor as_sequence(const Tensor& x) { return reshape(x, {x.dim(0), x.dim(1), x.dim(3)}); }

void check_ranks(const char* op, const Tensor& x, const Tensor& weight, int rank) {
  if (x.rank() == rank && weight.rank() == rank) return;
  const char* const extents = rank == 3 ? "length" : "height, width";
  throw ShapeError(fmt::format(
      "[{}] x {} must be (batch, channels, {}), and weight {} must have {} axes as well", op,
      x.shape().str(), extents, weight.shape().str(), rank));
}

void check_bias(const char* op, const Tensor& bias, Index outputs) {
  if (bias.defined() && bias.shape() != Shape{outputs}) {
    throw ShapeError(fmt::format("[{}] bias {} must be ({}), one number an output channel", op,
                                 bias.shape().str(), outputs));
  }
}

void check_options(const char* op, const ConvPlan& p) {
  check_range(op, "stride", p.stride, 1);
  check_range(op, "padding", p.padding, 0);
  check_range(op, "dilation", p.dilation, 1);
  check_range(op, "groups", p.groups, 1);
  check_range(op, "each extent of the window", p.window, 1);
}

void check_divides(const char* op, Index groups, Index channels, const char* whose) {
  if (channels % groups == 0) return;
  throw ShapeError(
      fmt::format("[{}] {} groups do not divide the {} {}", op, groups, channels, whose));
}

ConvPlan conv_plan(const char* op, const Tensor& x, const Tensor& weight, const Tensor& bias,
                   const Conv2dOptions& o) {
  ConvPlan p{.batch = x.dim(0),
             .channels = x.dim(1),
             .outputs = weight.dim(0),
             .groups = o.groups,
             .in = extents_of(x.shape()),
             .window = extents_of(weight.shape()),
             .out = 0,
             .stride = o.stride,
             .padding = o.padding,
             .dilation = o.dilation};
  check_options(op, p);
  check_divides(op, p.groups, p.channels, "channels of x");
  check_divides(op, p.groups, p.outputs, "outputs of weight");
  if (weight.dim(1) != p.group_channels()) {
    throw ShapeError(fmt::format(
        "[{}] weight {} is for {} channels a group, x {} has {} in {} group(s)\n"
        "hint: the weight is (outputs, channels / groups, window)",
        op, weight.shape().str(), weight.dim(1), x.shape().str(), p.channels, p.groups));
  }
  check_bias(op, bias, p.outputs);
  p.out = {window_places(op, p.in.height, p.window.height, p.stride.height, p.padding.height,
                         p.dilation.height),
           window_places(op, p.in.width, p.window.width, p.stride.width, p.padding.width,
                         p.dilation.width)};
  return p;
}

// What stands before and after an axis.
struct Border {
  Index before, after;
};
Border border_of(Index in, Index window, Index stride, Index dilation, const Conv2dOptions& o,
                 Index padding, Index after) {
  if (!o.same) return {padding, after == -1 ? padding : after};
  const Index places = (in + stride - 1) / stride;
  const Index all =
      std::max<Index>(0, (places - 1) * stride + window_span(window, dilation) - in);
  return {all / 2, all - all / 2};
}

// The same convolution with one number of zeros on either side of an axis, where `x` brings what
// there is more of on one.
struct Evened {
  Tensor x;
  Conv2dOptions options;
};
Evened evened(const char* op, const Tensor& x, const Tensor& weight, Conv2dOptions o) {
  check_range(op, "padding_after", o.padding_after, -1);
  check_range(op, "stride", o.stride, 1);
  const HeightWidth in = extents_of(x.shape()), window = extents_of(weight.shape());
  const Border rows = border_of(in.height, window.height, o.stride.height, o.dilation.height, o,
                                o.padding.height, o.padding_after.height);
  const Border columns = border_of(in.width, window.width, o.stride.width, o.dilation.width, o,
                                   o.padding.width, o.padding_after.width);
  o.padding = {std::min(rows.before, rows.after), std::min(columns.before, columns.after)};
  Tensor wide = x;
  const auto widen = [&wide](int axis, const Border& border, Index even) {
    if (border.before == border.after) return;
    wide = pad(wide, axis, border.before - even, border.after - even);
  };
  if (x.rank() == 4) widen(2, rows, o.padding.height);
  widen(x.rank() - 1, columns, o.padding.width);
  return {wide, o};
}

Index transpose_extent(const char* op, Index out, Index window, Index stride, Index padding,
                       Index output_padding, Index dilation) {
  if (output_padding < 0 || output_padding >= std::max(stride, dilation)) {
    throw ValueError(
        fmt::format("[{}] output_padding {} must be at least 0 and below stride {} or dilation {}",
                    op, output_padding, stride, dilation));
  }
  const Index extent =
      (out - 1) * stride - 2 * padding + window_span(window, dilation) + output_padding;
  if (extent < 1) {
    throw ShapeError(fmt::format("[{}] padding {} leaves nothing of an extent of {}", op, padding,
                                 extent + 2 * padding));
  }
  return extent;
}

// The convolution that goes the other way: its input is the result here.
ConvPlan transpose_plan(const char* op, const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& o) {
  ConvPlan p{.batch = x.dim(0),
             .channels = weight.dim(1) * o.groups,
             .outputs = x.dim(1),
             .groups = o.groups,
             .in = 0,
             .window = extents_of(weight.shape()),
             .out = extents_of(x.shape()),
             .stride = o.stride,
             .padding = o.padding,
             .dilation = o.dilation};
  check_options(op, p);
  check_divides(op, p.groups, p.outputs, "channels of x");
  if (weight.dim(0) != p.outputs) {
    throw ShapeError(fmt::format(
        "[{}] weight {} is for {} channels, x {} has {}\n"
        "hint: the weight of a transposed convolution is (channels, outputs / groups, window)",
        op, weight.shape().str(), weight.dim(0), x.shape().str(), p.outputs));
  }
  check_bias(op, bias, p.channels);
  p.in = {transpose_extent(op, p.out.height, p.window.height, p.stride.height, p.padding.height,
                           o.output_padding.height, p.dilation.height),
          transpose_extent(op, p.out.width, p.window.width, p.stride.width, p.padding.width,
                           o.output_padding.width, p.dilation.width)};
  return p;
}

Tensor transposed(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvPlan& p) {
  const Tensor y = input_from(x, weight, p);
  return bias.defined() ? y + reshape(bias, {p.channels, 1, 1}) : y;
}

}  // namespace

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& o) {
  const Calling calling("conv1d");
  check_ranks("conv1d", x, weight, 3);
  const auto [wide, options] = evened("conv1d", x, weight,
                                      {.stride = {1, o.stride},
                                       .padding = {0, o.padding},
                                       .dilation = {1, o.dilation},
                                       .groups = o.groups,
                                       .padding_after = {-1, o.padding_after},
                                       .same = o.same});
  const ConvPlan plan = conv_plan("conv1d", wide, weight, bias, options);
  return as_sequence(convolve(as_image(wide), as_image(weight), bias, plan));
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& o) {
  const Calling calling("conv2d");
  check_ranks("conv2d", x, weight, 4);
  const auto [wide, options] = evened("conv2d", x, weight, o);
  return convolve(wide, weight, bias, conv_plan("conv2d", wide, weight, bias, options));
}

Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose1dOptions& o) {
  const Calling calling("conv_transpose1d");
  check_ranks("conv_transpose1d", x, weight, 3);
  const ConvPlan plan = transpose_plan("conv_transpose1d", x, weight, bias,
                                       {.stride = {1, o.stride},
                                        .padding = {0, o.padding},
                                        .output_padding = {0, o.output_padding},
                                        .dilation = {1, o.dilation},
                                        .groups = o.groups});
  return as_sequence(transposed(as_image(x), as_image(weight), bias, plan));
}

Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& options) {
  const Calling calling("conv_transpose2d");
  check_ranks("conv_transpose2d", x, weight, 4);
  return transposed(x, weight, bias, transpose_plan("conv_transpose2d", x, weight, bias, options));
}

}  // namespace heed::inline HEED_REAL
