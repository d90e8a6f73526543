#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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
  bool ceil_mode = false;
};

std::size_t at(int i) { return static_cast<std::size_t>(i); }

Shape pooled(const Shape& x, const Window& w) {
  Shape shape = x;
  for (int a = 0; a + 2 < x.rank(); ++a) {
    const Index span = w.dilation[at(a)] * (w.size[at(a)] - 1) + 1;
    const Index room = x[a + 2] + 2 * w.padding[at(a)] - span, stride = w.stride[at(a)];
    Index places = room / stride + 1;
    // One more where something is left, unless it would begin in the padding at the end.
    const bool more = w.ceil_mode && room % stride != 0;
    if (more && places * stride < x[a + 2] + w.padding[at(a)]) ++places;
    shape = shape.with(a + 2, places);
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
    for (std::size_t a = 0; a < w.size.size(); ++a) {  // the padding counts, what is beyond not
      const Index first = p[a + 2] * w.stride[a];
      const Index end = x.shape[static_cast<int>(a) + 2] + 2 * w.padding[a];
      all *= static_cast<double>(std::min(w.size[a], end - first));
    }
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
                    {.stride = w.stride[0],
                     .padding = w.padding[0],
                     .dilation = w.dilation[0],
                     .ceil_mode = w.ceil_mode});
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
                                         .dilation = pair(w.dilation),
                                         .ceil_mode = w.ceil_mode});
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
                                         .count_include_pad = count_include_pad,
                                         .ceil_mode = w.ceil_mode});
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
                                         .count_include_pad = count_include_pad,
                                         .ceil_mode = w.ceil_mode});
              },
          .formula = [=](const Plains& x) { return average(x[0], w, count_include_pad); },
          .shapes = {shape},
          .more = {{{2, 2, 9, 11}}},
          .without = {{{0, 2, 6, 6}}},
          .large = {{8, 20, 60, 60}},
          .drawn = larger_images({shape})};
}

// Picking by the places is the pool itself.
Row places_row(Row row, const std::string& op, const std::string& types,
               std::function<heed::Indices(const Tensor&)> places) {
  row.name = op;
  row.op = op + types;
  row.call = [places](const Tensors& x) {
    const heed::Indices found = places(x[0]);
    const auto rows_of = [](const Shape& shape) {
      Shape flat = shape;
      while (flat.rank() > 3) flat = flat.erased(-1).with(-1, flat[-1] * flat[-2]);
      return Shape{flat[0] * flat[1], flat[2]};
    };
    const Tensor flat = heed::reshape(x[0], rows_of(x[0].shape()));
    const Shape rows = rows_of(found.shape());
    return heed::reshape(heed::take_along(flat, found.reshape(rows)), found.shape());
  };
  return row;
}
Row places1d_row() {
  return places_row(max_pool1d_row("", {{3}, {2}, {1}}, {1, 2, 7}), "max_pool1d_places",
                    "(Tensor, Index, MaxPool1dOptions)", [](const Tensor& x) {
                      return heed::max_pool1d_places(x, 3, {.stride = 2, .padding = 1});
                    });
}
Row places2d_row() {
  return places_row(max_pool2d_row("", {{3, 2}, {1, 2}, {1, 0}}, {1, 2, 3, 4}),
                    "max_pool2d_places", "(Tensor, HeightWidth, MaxPool2dOptions)",
                    [](const Tensor& x) {
                      return heed::max_pool2d_places(x, {3, 2},
                                                     {.stride = {1, 2}, .padding = {1, 0}});
                    });
}

// To 2 windows, or 2 rows of 3.
Row adaptive_row(const std::string& name, bool average, int axes, const Shape& shape) {
  const Position size = axes == 1 ? Position{2} : Position{2, 3};
  const auto call = [=](const Tensor& x) {
    if (axes == 1 && average) return heed::adaptive_avg_pool1d(x, 2);
    if (axes == 1) return heed::adaptive_max_pool1d(x, 2);
    return average ? heed::adaptive_avg_pool2d(x, {2, 3}) : heed::adaptive_max_pool2d(x, {2, 3});
  };
  const auto bounds = [size](const Plain& x, const Position& p, std::size_t a) {
    const double extent = static_cast<double>(x.shape[static_cast<int>(a) + 2]);
    const double part = extent / static_cast<double>(size[a]), i = static_cast<double>(p[a + 2]);
    return std::pair{static_cast<Index>(std::floor(i * part + 1e-9)),
                     static_cast<Index>(std::ceil((i + 1) * part - 1e-9))};
  };
  return {.name = name,
          .op = name + (axes == 1 ? "(Tensor, Index)" : "(Tensor, HeightWidth)"),
          .call = [call](const Tensors& x) { return call(x[0]); },
          .formula =
              [=](const Plains& x) {
                Shape to = x[0].shape;
                for (std::size_t a = 0; a < size.size(); ++a) {
                  to = to.with(static_cast<int>(a) + 2, size[a]);
                }
                return build(to, [&](const Position& p) {
                  double sum = 0, count = 0, best = -std::numeric_limits<double>::infinity();
                  each_position(x[0].shape, [&](const Position& from) {
                    if (from[0] != p[0] || from[1] != p[1]) return;
                    for (std::size_t a = 0; a < size.size(); ++a) {
                      const auto [first, stop] = bounds(x[0], p, a);
                      if (from[a + 2] < first || from[a + 2] >= stop) return;
                    }
                    const double v = x[0](from);
                    sum += v;
                    ++count;
                    best = std::isnan(v) || v > best ? v : best;
                  });
                  return average ? sum / count : best;
                });
              },
          .shapes = {shape},
          .domains = {distinct},
          .more = {{shape.with(-1, 9)}, {shape.with(2, 1)}},
          .without = {{shape.with(0, 0)}},
          .large = {axes == 1 ? Shape{4, 5, 9000} : Shape{2, 3, 200, 100}},
          .refusals = {{.label = "rank",
                        .call = [call] { call(Tensor::ones({2, 3})); },
                        .text = "[" + name + "] x must be (batch, channels, " +
                                (axes == 1 ? "length" : "height, width") +
                                ") with values, got (2, 3)"}},
          .drawn = Drawn{.least_rank = axes + 2, .most_rank = axes + 2, .least_extent = 1}};
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
          max_pool1d_row("ceil", {{2}, {2}, {0}, {1}, true}, {2, 2, 5}),
          max_pool1d_row("ceil_in_the_padding", {{2}, {2}, {1}, {1}, true}, {2, 2, 5}),
          max_pool2d_row("ceil", {{3, 2}, {2, 3}, {1, 0}, {1, 1}, true}, {1, 2, 4, 6}),
          avg_pool1d_row("ceil", {{3}, {2}, {1}, {1}, true}, true, {1, 2, 6}),
          avg_pool2d_row("ceil_seen_only", {{3, 2}, {2, 3}, {1, 1}, {1, 1}, true}, false,
                         {1, 1, 4, 3}),
          places1d_row(),
          places2d_row(),
          adaptive_row("adaptive_avg_pool1d", true, 1, {1, 2, 5}),
          adaptive_row("adaptive_avg_pool2d", true, 2, {1, 1, 4, 5}),
          adaptive_row("adaptive_max_pool1d", false, 1, {1, 2, 5}),
          adaptive_row("adaptive_max_pool2d", false, 2, {1, 1, 4, 5}),
          avg_pool1d_row("plain", {{2}, {2}, {0}}, true, {2, 2, 5}),
          avg_pool1d_row("padded", {{3}, {1}, {1}}, true, {1, 2, 5}),
          avg_pool1d_row("seen_only", {{3}, {2}, {1}}, false, {1, 2, 5}),
          avg_pool2d_row("padded", {{3, 2}, {1, 2}, {1, 1}}, true, {1, 2, 3, 4}),
          avg_pool2d_row("seen_only", {{3, 2}, {2, 1}, {1, 1}}, false, {1, 2, 3, 3})};
}

}  // namespace heed_test
