#include "autograd/ops.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

// One number an axis of the window.
struct Window {
  Position stride;
  Position padding;
  Position dilation;
  Index groups = 1;
  Position output_padding = {};  // transposed convolutions only
  Position after = {-1, -1};     // where the padding at the end is another one
  bool same = false;
};

std::size_t at(int i) { return static_cast<std::size_t>(i); }

// The taps of a weight: all its axes but the first.
Shape taps_of(const Shape& weight) { return weight.erased(0); }

// The sum over channels and taps, one place of the result at a time.
Plain correlation(const Plains& x, const Window& w) {
  const Plain &image = x[0], &weight = x[1];
  const int axes = image.shape.rank() - 2;
  Shape shape = image.shape.with(1, weight.shape[0]);
  Position padding;
  for (int a = 0; a < axes; ++a) {
    const Index span = w.dilation[at(a)] * (weight.shape[a + 2] - 1) + 1;
    const Index extent = image.shape[a + 2], stride = w.stride[at(a)];
    Index before = w.padding[at(a)], after = w.after[at(a)] < 0 ? before : w.after[at(a)];
    if (w.same) {
      const Index all = std::max<Index>(0, ((extent + stride - 1) / stride - 1) * stride + span -
                                               extent);
      before = all / 2;
      after = all - before;
    }
    padding.push_back(before);
    shape = shape.with(a + 2, (extent + before + after - span) / stride + 1);
  }
  const Index outputs = weight.shape[0] / w.groups;
  return build(shape, [&](const Position& p) {
    double sum = x.size() > 2 ? x[2]({p[1]}) : 0;
    each_position(taps_of(weight.shape), [&](const Position& tap) {
      Position from{p[0], p[1] / outputs * weight.shape[1] + tap[0]};
      bool inside = true;
      for (int a = 0; a < axes; ++a) {
        from.push_back(p[at(a + 2)] * w.stride[at(a)] + tap[at(a + 1)] * w.dilation[at(a)] -
                       padding[at(a)]);
        inside = inside && from.back() >= 0 && from.back() < image.shape[a + 2];
      }
      sum += (inside ? image(from) : 0.0) * weight(inserted(tap, 0, p[1]));
    });
    return sum;
  });
}

// What every value of x sends to every place that a tap of the weight takes it to.
Plain transposed(const Plains& x, const Window& w) {
  const Plain &image = x[0], &weight = x[1];
  const int axes = image.shape.rank() - 2;
  const Index outputs = weight.shape[1];
  Shape shape = image.shape.with(1, outputs * w.groups);
  for (int a = 0; a < axes; ++a) {
    shape = shape.with(a + 2, (image.shape[a + 2] - 1) * w.stride[at(a)] - 2 * w.padding[at(a)] +
                                  w.dilation[at(a)] * (weight.shape[a + 2] - 1) + 1 +
                                  w.output_padding[at(a)]);
  }
  Plain y = build(shape, [&](const Position& p) { return x.size() > 2 ? x[2]({p[1]}) : 0.0; });
  each_position(image.shape, [&](const Position& p) {
    each_position(taps_of(weight.shape), [&](const Position& tap) {
      Position to{p[0], p[1] / (image.shape[1] / w.groups) * outputs + tap[0]};
      for (int a = 0; a < axes; ++a) {
        to.push_back(p[at(a + 2)] * w.stride[at(a)] + tap[at(a + 1)] * w.dilation[at(a)] -
                     w.padding[at(a)]);
        if (to.back() < 0 || to.back() >= shape[a + 2]) return;
      }
      Index offset = 0;
      for (int a = 0; a < shape.rank(); ++a) offset = offset * shape[a] + to[at(a)];
      y.values[at(static_cast<int>(offset))] += image(p) * weight(inserted(tap, 0, p[1]));
    });
  });
  return y;
}

Tensor bias_of(const Tensors& x) { return x.size() > 2 ? x[2] : Tensor(); }
heed::HeightWidth pair(const Position& p) { return {p[0], p[1]}; }

Row conv1d_row(const std::string& variant, const Window& w, const std::vector<Shape>& shapes) {
  return {.name = "conv1d_" + variant,
          .op = "conv1d(Tensor, Tensor, Tensor, Conv1dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::conv1d(x[0], x[1], bias_of(x),
                                    {.stride = w.stride[0],
                                     .padding = w.padding[0],
                                     .dilation = w.dilation[0],
                                     .groups = w.groups,
                                     .padding_after = w.after[0],
                                     .same = w.same});
              },
          .formula = [=](const Plains& x) { return correlation(x, w); },
          .shapes = shapes,
          .drawn = larger_images(shapes)};
}

Row conv2d_row(const std::string& variant, const Window& w, const std::vector<Shape>& shapes) {
  return {.name = "conv2d_" + variant,
          .op = "conv2d(Tensor, Tensor, Tensor, Conv2dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::conv2d(x[0], x[1], bias_of(x),
                                    {.stride = pair(w.stride),
                                     .padding = pair(w.padding),
                                     .dilation = pair(w.dilation),
                                     .groups = w.groups,
                                     .padding_after = pair(w.after),
                                     .same = w.same});
              },
          .formula = [=](const Plains& x) { return correlation(x, w); },
          .shapes = shapes,
          .drawn = larger_images(shapes)};
}

Row conv_transpose1d_row(const std::string& variant, const Window& w,
                         const std::vector<Shape>& shapes) {
  return {.name = "conv_transpose1d_" + variant,
          .op = "conv_transpose1d(Tensor, Tensor, Tensor, ConvTranspose1dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::conv_transpose1d(x[0], x[1], bias_of(x),
                                              {.stride = w.stride[0],
                                               .padding = w.padding[0],
                                               .output_padding = w.output_padding[0],
                                               .dilation = w.dilation[0],
                                               .groups = w.groups});
              },
          .formula = [=](const Plains& x) { return transposed(x, w); },
          .shapes = shapes,
          .drawn = larger_images(shapes)};
}

Row conv_transpose2d_row(const std::string& variant, const Window& w,
                         const std::vector<Shape>& shapes) {
  return {.name = "conv_transpose2d_" + variant,
          .op = "conv_transpose2d(Tensor, Tensor, Tensor, ConvTranspose2dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::conv_transpose2d(x[0], x[1], bias_of(x),
                                              {.stride = pair(w.stride),
                                               .padding = pair(w.padding),
                                               .output_padding = pair(w.output_padding),
                                               .dilation = pair(w.dilation),
                                               .groups = w.groups});
              },
          .formula = [=](const Plains& x) { return transposed(x, w); },
          .shapes = shapes,
          .drawn = larger_images(shapes)};
}

template <class... Arguments>
std::function<void()> conv2d_of(const Shape& x, const Shape& weight, Arguments... rest) {
  return [=] { heed::conv2d(Tensor::ones(x), Tensor::ones(weight), rest...); };
}
template <class... Arguments>
std::function<void()> transpose_of(const Shape& x, const Shape& weight, Arguments... rest) {
  return [=] { heed::conv_transpose2d(Tensor::ones(x), Tensor::ones(weight), rest...); };
}

std::vector<Refusal> conv1d_refusals() {
  return {{.label = "rank",
           .call =
               [] {
                 heed::conv1d(Tensor::ones({2, 3}), Tensor::ones({2, 3, 1}));
               },
           .text = "[conv1d] x (2, 3) must be (batch, channels, length), and weight (2, 3, 1) must "
                   "have 3 axes as well"},
          {.label = "span",
           .call =
               [] {
                 heed::conv1d(Tensor::ones({2, 3, 4}), Tensor::ones({2, 3, 3}), {},
                              {.padding = 1, .dilation = 3});
               },
           .text = "[conv1d] the window spans 7, more than the 6 of x with its padding"}};
}

std::vector<Refusal> conv2d_refusals() {
  using heed::Conv2dOptions;
  const Shape x{2, 4, 5, 5}, weight{6, 2, 3, 3};
  return {{.label = "rank",
           .call = conv2d_of({4, 5, 5}, weight),
           .text = "[conv2d] x (4, 5, 5) must be (batch, channels, height, width), and weight (6, "
                   "2, 3, 3) must have 4 axes as well"},
          {.label = "channels",
           .call = conv2d_of(x, weight),
           .text = "[conv2d] weight (6, 2, 3, 3) is for 2 channels a group, x (2, 4, 5, 5) has 4 "
                   "in 1 group(s)\n"
                   "hint: the weight is (outputs, channels / groups, window)"},
          {.label = "groups",
           .call = conv2d_of(x, weight, Tensor(), Conv2dOptions{.groups = 3}),
           .text = "[conv2d] 3 groups do not divide the 4 channels of x"},
          {.label = "outputs",
           .call = conv2d_of(x, {5, 2, 3, 3}, Tensor(), Conv2dOptions{.groups = 2}),
           .text = "[conv2d] 2 groups do not divide the 5 outputs of weight"},
          {.label = "no_groups",
           .call = conv2d_of(x, weight, Tensor(), Conv2dOptions{.groups = 0}),
           .text = "[conv2d] groups must be at least 1, got 0"},
          {.label = "stride",
           .call = conv2d_of(x, weight, Tensor(), Conv2dOptions{.stride = {2, 0}}),
           .text = "[conv2d] stride must be at least 1, got 0"},
          {.label = "padding",
           .call = conv2d_of(x, weight, Tensor(), Conv2dOptions{.padding = -1}),
           .text = "[conv2d] padding must be at least 0, got -1"},
          {.label = "dilation",
           .call = conv2d_of(x, weight, Tensor(), Conv2dOptions{.dilation = 0}),
           .text = "[conv2d] dilation must be at least 1, got 0"},
          {.label = "a dilation whose products cannot be counted",
           .call = conv2d_of(x, weight, Tensor(), Conv2dOptions{.dilation = heed::Index{1} << 62}),
           .text = "[conv2d] dilation must be at most 2147483647, got 4611686018427387904"},
          {.label = "window",
           .call = conv2d_of(x, {6, 4, 0, 3}),
           .text = "[conv2d] each extent of the window must be at least 1, got 0"},
          {.label = "bias",
           .call = conv2d_of(x, weight, Tensor::ones({4}), Conv2dOptions{.groups = 2}),
           .text = "[conv2d] bias (4) must be (6), one number an output channel"}};
}

std::vector<Refusal> transpose_refusals() {
  using heed::ConvTranspose2dOptions;
  const Shape x{2, 4, 3, 3}, weight{4, 5, 2, 2};
  return {
      {.label = "channels",
       .call = transpose_of(x, {5, 4, 2, 2}),
       .text = "[conv_transpose2d] weight (5, 4, 2, 2) is for 5 channels, x (2, 4, 3, 3) has 4\n"
               "hint: the weight of a transposed convolution is (channels, outputs / groups, "
               "window)"},
      {.label = "bias",
       .call = transpose_of(x, weight, Tensor::ones({4})),
       .text = "[conv_transpose2d] bias (4) must be (5), one number an output channel"},
      {.label = "output_padding",
       .call = transpose_of(x, weight, Tensor(), ConvTranspose2dOptions{.output_padding = 1}),
       .text = "[conv_transpose2d] output_padding 1 must be at least 0 and below stride 1 or "
               "dilation 1"},
      {.label = "nothing_left",
       .call = transpose_of(x, weight, Tensor(), ConvTranspose2dOptions{.padding = 2}),
       .text = "[conv_transpose2d] padding 2 leaves nothing of an extent of 4"}};
}

std::vector<Row> conv1d_rows() {
  Row plain = conv1d_row("plain", {{1}, {0}, {1}}, {{2, 2, 5}, {3, 2, 3}, {3}});
  plain.more = {{{3, 5, 40}, {7, 5, 4}, {7}}, {{1, 1, 1}, {1, 1, 1}, {1}}};
  plain.without = {
      {{0, 2, 5}, {3, 2, 3}, {3}}, {{2, 0, 5}, {3, 0, 3}, {3}}, {{2, 2, 5}, {0, 2, 3}, {0}}};
  plain.large = {{8, 48, 300}, {24, 48, 5}, {24}};
  plain.refusals = conv1d_refusals();
  Row uneven = conv1d_row("uneven", {{2}, {1}, {1}, 1, {}, {3}}, {{2, 2, 5}, {3, 2, 3}, {3}});
  Row same = conv1d_row("same", {{2}, {7}, {2}, 1, {}, {-1}, true}, {{2, 2, 5}, {3, 2, 4}});
  Row strided = conv1d_row("strided", {{3}, {2}, {1}}, {{2, 2, 6}, {2, 2, 4}});
  strided.more = {{{2, 3, 50}, {4, 3, 7}}};
  Row depthwise = conv1d_row("depthwise", {{1}, {4}, {2}, 3}, {{1, 3, 4}, {3, 1, 3}});
  depthwise.more = {{{2, 3, 70}, {6, 1, 5}}};
  return {plain, strided, depthwise, uneven, same};
}

std::vector<Row> conv2d_rows() {
  Row plain = conv2d_row("plain", {{1, 1}, {0, 0}, {1, 1}}, {{2, 2, 3, 3}, {2, 2, 2, 2}, {2}});
  plain.domains = {Domain(), {.low = -0.25, .high = 0.25}};  // long sums in float
  // A second block of places, a second block of channels.
  plain.more = {{{2, 3, 7, 19}, {4, 3, 3, 5}, {4}}, {{1, 130, 7, 15}, {2, 130, 3, 3}, {2}}};
  plain.without = {{{0, 2, 3, 3}, {2, 2, 2, 2}, {2}},
                   {{2, 0, 3, 3}, {2, 0, 2, 2}, {2}},
                   {{2, 2, 3, 3}, {0, 2, 2, 2}, {0}}};
  plain.large = {{2, 64, 20, 20}, {8, 64, 3, 3}, {8}};
  plain.refusals = conv2d_refusals();
  Row every =
      conv2d_row("every_option", {{2, 1}, {1, 2}, {1, 2}, 2}, {{1, 4, 4, 3}, {2, 2, 3, 2}, {2}});
  every.more = {{{2, 6, 9, 17}, {4, 3, 3, 4}, {4}}};
  Row uneven = conv2d_row("uneven", {{1, 2}, {0, 2}, {1, 1}, 1, {}, {2, 1}},
                          {{2, 2, 3, 3}, {2, 2, 2, 2}, {2}});
  Row same = conv2d_row("same", {{1, 2}, {0, 0}, {1, 1}, 1, {}, {-1, -1}, true},
                        {{1, 2, 3, 4}, {2, 2, 2, 3}});
  Row far = conv2d_row("far_padding", {{1, 3}, {3, 4}, {1, 1}}, {{1, 1, 2, 2}, {2, 1, 2, 3}});
  Row pointwise =
      conv2d_row("pointwise", {{1, 1}, {0, 0}, {1, 1}, 2}, {{2, 4, 2, 3}, {4, 2, 1, 1}, {4}});
  pointwise.more = {{{2, 600, 3, 7}, {2, 300, 1, 1}, {2}}};
  pointwise.large = {{4, 64, 40, 40}, {64, 32, 1, 1}, {64}};
  Row strided_point =
      conv2d_row("strided_point", {{2, 3}, {0, 1}, {1, 1}}, {{2, 2, 3, 3}, {2, 2, 1, 1}});
  // Large enough that no columns are made: blocks of outputs and of places, and what is left over.
  Row images = conv2d_row("images", {{1, 1}, {1, 1}, {1, 1}}, {{1, 1, 7, 7}, {2, 1, 3, 3}, {2}});
  images.more = {{{2, 3, 12, 14}, {43, 3, 3, 3}, {43}}};
  images.large = {{4, 16, 20, 20}, {40, 16, 3, 3}, {40}};
  // Enough outputs for lanes of them on the way back to the weight; more than one image.
  Row outputs =
      conv2d_row("many_outputs", {{1, 1}, {1, 1}, {1, 1}}, {{2, 1, 7, 7}, {8, 1, 3, 3}, {8}});
  Row apart =
      conv2d_row("taps_apart", {{1, 1}, {1, 1}, {2, 1}, 2}, {{1, 2, 9, 6}, {2, 1, 2, 3}, {2}});
  apart.more = {{{2, 6, 15, 17}, {10, 3, 2, 3}, {10}}};
  return {plain, every, far, pointwise, strided_point, images, outputs, apart, uneven, same};
}

std::vector<Row> conv_transpose1d_rows() {
  Row plain = conv_transpose1d_row("plain", {{1}, {0}, {1}, 1, {0}}, {{2, 2, 4}, {2, 3, 3}, {3}});
  plain.more = {{{3, 5, 40}, {5, 7, 4}, {7}}};
  plain.without = {
      {{0, 2, 4}, {2, 3, 3}, {3}}, {{2, 0, 4}, {0, 3, 3}, {3}}, {{2, 2, 4}, {2, 0, 3}, {0}}};
  plain.large = {{8, 24, 300}, {24, 48, 5}, {48}};
  Row every =
      conv_transpose1d_row("every_option", {{3}, {2}, {2}, 2, {2}}, {{1, 4, 4}, {4, 2, 3}, {4}});
  every.more = {{{2, 6, 17}, {6, 3, 4}, {6}}};
  return {plain, every};
}

std::vector<Row> conv_transpose2d_rows() {
  Row plain = conv_transpose2d_row("plain", {{1, 1}, {0, 0}, {1, 1}, 1, {0, 0}},
                                   {{2, 2, 2, 2}, {2, 2, 2, 2}});
  plain.more = {{{1, 2, 5, 13}, {2, 130, 3, 3}}};
  plain.without = {{{0, 2, 2, 2}, {2, 2, 2, 2}}};
  plain.large = {{2, 8, 20, 20}, {8, 64, 3, 3}};
  plain.refusals = transpose_refusals();
  Row every = conv_transpose2d_row("every_option", {{2, 1}, {1, 2}, {1, 3}, 2, {1, 2}},
                                   {{1, 2, 3, 2}, {2, 2, 3, 2}, {4}});
  every.more = {{{2, 4, 5, 9}, {4, 3, 3, 4}, {6}}};
  Row pointwise = conv_transpose2d_row("pointwise", {{1, 1}, {0, 0}, {1, 1}, 1, {0, 0}},
                                       {{2, 3, 2, 3}, {3, 2, 1, 1}});
  // Large enough that no columns are made.
  Row images = conv_transpose2d_row("images", {{1, 1}, {1, 1}, {1, 1}, 1, {0, 0}},
                                    {{1, 1, 7, 7}, {1, 2, 3, 3}});
  // On the way back no tap looks at the last pixels; the larger image makes no columns.
  Row unseen = conv_transpose2d_row("unseen_pixels", {{1, 1}, {1, 1}, {3, 3}, 1, {2, 2}},
                                    {{1, 1, 3, 4}, {1, 1, 2, 2}});
  unseen.more = {{{1, 1, 12, 14}, {1, 2, 2, 2}}};
  return {plain, every, pointwise, images, unseen};
}

}  // namespace

std::vector<Row> conv_rows() {
  std::vector<Row> all;
  for (const auto rows : {conv1d_rows, conv2d_rows, conv_transpose1d_rows, conv_transpose2d_rows}) {
    for (Row& row : rows()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace heed_test
