#include "autograd/kernels/flat_image.h"

#include <algorithm>

#include "autograd/kernels/pieces.h"

namespace heed::inline HEED_REAL {
namespace {

// How far the last tap is from the first.
HeightWidth reach_of(const ConvPlan& p) {
  return {window_span(p.window.height, p.dilation.height) - 1,
          window_span(p.window.width, p.dilation.width) - 1};
}

void copy_row(const Real* from, Index n, Real* to) {
  if (n < Lane::size) {
    std::copy_n(from, n, to);
    return;
  }
  for (Index i = 0; i + Lane::size < n; i += Lane::size) Lane::load(from + i).store(to + i);
  Lane::load(from + n - Lane::size).store(to + n - Lane::size);
}

FlatImage flat_image(const ConvPlan& p, Index inner, HeightWidth in, HeightWidth out,
                     HeightWidth before, bool turned_round) {
  const HeightWidth reach = reach_of(p);
  // What is looked at below and on the right; a few pixels may not be looked at at all.
  const HeightWidth after{out.height + reach.height - before.height - in.height,
                          out.width + reach.width - before.width - in.width};
  const Index width = in.width + std::max(before.width, after.width);
  FlatImage flat{.inner = inner,
                 .in = in,
                 .out = out,
                 .before = before,
                 .width = width,
                 .plane = (before.height + in.height + std::max<Index>(0, after.height)) * width,
                 .reach = reach.height * width + reach.width,
                 .offsets = {}};
  for (Index c = 0; c < inner; ++c) {
    for (Index t = 0; t < p.taps(); ++t) {
      const Index offset =
          t / p.window.width * p.dilation.height * width + t % p.window.width * p.dilation.width;
      flat.offsets.push_back(c * flat.plane + (turned_round ? flat.reach - offset : offset));
    }
  }
  return flat;
}

}  // namespace

void FlatImage::pad(const Real* image, Index channels, Real* to) const {
  to += before.height * width + before.width;
  for (Index c = 0; c < channels; ++c, to += plane, image += in.height * in.width) {
    copy_rows(in.height, in.width, image, in.width, to, width);
  }
}

FlatImage flat_forward(const ConvPlan& p, Index inner) {
  return flat_image(p, inner, p.in, p.out, p.padding, false);
}
FlatImage flat_backward(const ConvPlan& p, Index inner) {
  const HeightWidth reach = reach_of(p);
  const HeightWidth before{reach.height - p.padding.height, reach.width - p.padding.width};
  return flat_image(p, inner, p.out, p.in, before, true);
}

void copy_rows(Index count, Index n, const Real* from, Index from_step, Real* to, Index to_step) {
  for (; count > 0; --count, from += from_step, to += to_step) copy_row(from, n, to);
}

}  // namespace heed::inline HEED_REAL
