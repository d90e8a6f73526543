#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

// One number an axis of the window.
struct Window {
  Position size;
  Position stride;
  Position padding;
  Position dilation = {1, 1};
};

std::size_t at(int i) { return static_cast<std::size_t>(i); }

Shape pooled(const Shape& x, const Window& w) {
  Shape shape = x;
  for (int a = 0; a + 2 < x.rank(); ++a) {
    const Index span = w.dilation[at(a)] * (w.size[at(a)] - 1) + 1;
    shape = shape.with(a + 2, (x[a + 2] + 2 * w.padding[at(a)] - span) / w.stride[at(a)] + 1);
  }
  return shape;
}

// Visits what the window sees at place p of the result, row by row.
void each_seen(const Plain& x, const Window& w, const Position& p,
               const std::function<void(double)>& visit) {
  each_position(Shape(std::span<const Index>(w.size)), [&](const Position& tap) {
    Position from{p[0], p[1]};
    for (std::size_t a = 0; a < tap.size(); ++a) {
      from.push_back(p[a + 2] * w.stride[a] + tap[a] * w.dilation[a] - w.padding[a]);
      if (from.back() < 0 || from.back() >= x.shape[static_cast<int>(a) + 2]) return;
    }
    visit(x(from));
  });
}

Plain largest(const Plain& x, const Window& w) {
  return build(pooled(x.shape, w), [&](const Position& p) {
    double best = -std::numeric_limits<double>::infinity();
    each_seen(x, w, p, [&](double v) { best = std::isnan(v) || v > best ? v : best; });
    return best;
  });
}

Plain average(const Plain& x, const Window& w, bool count_include_pad) {
  return build(pooled(x.shape, w), [&](const Position& p) {
    double sum = 0, seen = 0, all = 1;
    for (const Index size : w.size) all *= static_cast<double>(size);
    each_seen(x, w, p, [&](double v) {
      sum += v;
      ++seen;
    });
    return sum / (count_include_pad ? all : seen);
  });
}

heed::HeightWidth pair(const Position& p) { return {p[0], p[1]}; }

Row max_pool1d_row(const std::string& variant, const Window& w, const Shape& shape) {
  return {.name = "max_pool1d_" + variant,
          .op = "max_pool1d(Tensor, Index, MaxPool1dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::max_pool1d(
                    x[0], w.size[0],
                    {.stride = w.stride[0], .padding = w.padding[0], .dilation = w.dilation[0]});
              },
          .formula = [=](const Plains& x) { return largest(x[0], w); },
          .shapes = {shape},
          .domains = {distinct},
          .more = {{{2, 3, 40}}},
          .without = {{{0, 2, 5}}, {{2, 0, 5}}},
          .large = {{8, 60, 200}},
          .drawn = larger_images({shape})};
}

Row max_pool2d_row(const std::string& variant, const Window& w, const Shape& shape) {
  return {.name = "max_pool2d_" + variant,
          .op = "max_pool2d(Tensor, HeightWidth, MaxPool2dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::max_pool2d(x[0], pair(w.size),
                                        {.stride = pair(w.stride),
                                         .padding = pair(w.padding),
                                         .dilation = pair(w.dilation)});
              },
          .formula = [=](const Plains& x) { return largest(x[0], w); },
          .shapes = {shape},
          .domains = {distinct},
          .more = {{{2, 2, 9, 11}}},
          .without = {{{0, 2, 6, 6}}},
          .large = {{8, 20, 30, 30}},
          .drawn = larger_images({shape})};
}

Row avg_pool1d_row(const std::string& variant, const Window& w, bool count_include_pad,
                   const Shape& shape) {
  return {.name = "avg_pool1d_" + variant,
          .op = "avg_pool1d(Tensor, Index, AvgPool1dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::avg_pool1d(x[0], w.size[0],
                                        {.stride = w.stride[0],
                                         .padding = w.padding[0],
                                         .count_include_pad = count_include_pad});
              },
          .formula = [=](const Plains& x) { return average(x[0], w, count_include_pad); },
          .shapes = {shape},
          .more = {{{2, 3, 40}}},
          .without = {{{0, 2, 5}}},
          .large = {{8, 60, 500}},
          .drawn = larger_images({shape})};
}

Row avg_pool2d_row(const std::string& variant, const Window& w, bool count_include_pad,
                   const Shape& shape) {
  return {.name = "avg_pool2d_" + variant,
          .op = "avg_pool2d(Tensor, HeightWidth, AvgPool2dOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::avg_pool2d(x[0], pair(w.size),
                                        {.stride = pair(w.stride),
                                         .padding = pair(w.padding),
                                         .count_include_pad = count_include_pad});
              },
          .formula = [=](const Plains& x) { return average(x[0], w, count_include_pad); },
          .shapes = {shape},
          .more = {{{2, 2, 9, 11}}},
          .without = {{{0, 2, 6, 6}}},
          .large = {{8, 20, 60, 60}},
          .drawn = larger_images({shape})};
}

std::function<void()> max_pool1d_of(const Shape& x, Index window, heed::MaxPool1dOptions options) {
  return [=] { heed::max_pool1d(Tensor::ones(x), window, options); };
}

std::vector<Refusal> refusals() {
  const Shape x{2, 3, 4};
  return {{.label = "rank",
           .call = max_pool1d_of({3, 4}, 2, {}),
           .text = "[max_pool1d] x must be (batch, channels, length), got (3, 4)"},
          {.label = "window",
           .call = max_pool1d_of(x, 0, {}),
           .text = "[max_pool1d] the window must be at least 1, got 0"},
          {.label = "stride",
           .call = max_pool1d_of(x, 2, {.stride = -1}),
           .text = "[max_pool1d] stride must be at least 0, got -1"},
          {.label = "padding",
           .call = max_pool1d_of(x, 3, {.padding = 2}),
           .text = "[max_pool1d] padding 2 is more than half the window 3"},
          {.label = "span",
           .call = max_pool1d_of(x, 5, {}),
           .text = "[max_pool1d] the window spans 5, more than the 4 of x with its padding"},
          {.label = "nothing_seen",
           .call = max_pool1d_of({2, 3, 2}, 2, {.padding = 1, .dilation = 3}),
           .text = "[max_pool1d] place 0 of the window sees nothing but padding"},
          {.label = "average_rank",
           .call =
               [] {
                 heed::avg_pool2d(Tensor::ones({3, 4, 4}), 2);
               },
           .text = "[avg_pool2d] x must be (batch, channels, height, width), got (3, 4, 4)"}};
}

}  // namespace

std::vector<Row> pool_rows() {
  Row first = max_pool1d_row("plain", {{2}, {2}, {0}}, {2, 2, 5});
  first.refusals = refusals();
  return {first,
          max_pool1d_row("every_option", {{3}, {2}, {1}, {2}}, {1, 2, 7}),
          max_pool2d_row("overlapping", {{3, 2}, {1, 2}, {1, 0}}, {1, 2, 3, 4}),
          max_pool2d_row("dilated", {{2, 3}, {2, 1}, {0, 1}, {2, 2}}, {1, 1, 4, 5}),
          avg_pool1d_row("plain", {{2}, {2}, {0}}, true, {2, 2, 5}),
          avg_pool1d_row("padded", {{3}, {1}, {1}}, true, {1, 2, 5}),
          avg_pool1d_row("seen_only", {{3}, {2}, {1}}, false, {1, 2, 5}),
          avg_pool2d_row("padded", {{3, 2}, {1, 2}, {1, 1}}, true, {1, 2, 3, 4}),
          avg_pool2d_row("seen_only", {{3, 2}, {2, 1}, {1, 1}}, false, {1, 2, 3, 3})};
}

}  // namespace heed_test
