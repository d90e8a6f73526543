#include "autograd/ops.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

using heed::Indices;

Row repeat_row(const std::string& variant, std::vector<Index> times, const Shape& small,
               const Shape& without) {
  const auto padded = [times](Shape shape) {
    while (shape.rank() < static_cast<int>(times.size())) shape = shape.inserted(0, 1);
    return shape;
  };
  Row row = moving({.name = "repeat_" + variant,
                    .op = "repeat(Tensor, std::vector<Index>)",
                    .call = [times](const Tensor& x) { return heed::repeat(x, times); },
                    .shape =
                        [=](const Shape& from) {
                          Shape shape = padded(from);
                          for (int i = 0; i < shape.rank(); ++i) {
                            shape = shape.with(i, shape[i] * times[static_cast<std::size_t>(i)]);
                          }
                          return shape;
                        },
                    .value =
                        [=](const Plain& x, const Position& p) {
                          const Shape shape = padded(x.shape);
                          Position from = p;
                          for (std::size_t i = 0; i < from.size(); ++i) from[i] %= shape.begin()[i];
                          return x(from);
                        },
                    .small = small,
                    .without = {{without}},
                    .refusals = {{.label = "rank",
                                  .call =
                                      [] {
                                        heed::repeat(Tensor::ones({2, 3}), {2});
                                      },
                                  .text = "[repeat] (2) says less than the 2 axes of shape (2, 3)"},
                                 {.label = "negative",
                                  .call = [] { heed::repeat(Tensor::ones({2}), {-1}); },
                                  .text = "[repeat] -1 times"}},
                    .drawn = Drawn{.most_rank = static_cast<int>(times.size())}});
  return row;
}

Row repeat_interleave_row(const std::string& variant, Index times, int axis) {
  return moving({.name = "repeat_interleave_" + variant,
                 .op = "repeat_interleave(Tensor, Index, int)",
                 .call = [=](const Tensor& x) { return heed::repeat_interleave(x, times, axis); },
                 .shape = [=](const Shape& from) { return from.with(axis, from[axis] * times); },
                 .value =
                     [=](const Plain& x, const Position& p) {
                       const int front = from_front(axis, x.shape.rank());
                       return x(with(p, front, p[static_cast<std::size_t>(front)] / times));
                     },
                 .small = {2, 3, 2},
                 .more = {{{3, 2, 19}}, {{2, 1, 1, 2, 1, 1, 1, 2}}},
                 .without = {{{0, 3, 2}}, {{2, 3, 0}}},
                 .large = {{90, 60, 20}},
                 .refusals = {{.label = "negative",
                               .call = [] { heed::repeat_interleave(Tensor::ones({2}), -1, 0); },
                               .text = "[repeat_interleave] -1 times"}},
                 .drawn = with_axis(axis)});
}

// Element i of the middle axis i times.
Row repeat_each_row() {
  const auto times = [](Index extent) {
    std::vector<std::int32_t> counts;
    for (Index i = 0; i < extent; ++i) counts.push_back(static_cast<std::int32_t>(i));
    return Indices(counts);
  };
  return moving(
      {.name = "repeat_interleave_each",
       .op = "repeat_interleave(Tensor, Indices, int)",
       .call = [times](const Tensor& x) { return heed::repeat_interleave(x, times(x.dim(1)), 1); },
       .shape = [](const Shape& from) { return from.with(1, from[1] * (from[1] - 1) / 2); },
       .value =
           [](const Plain& x, const Position& p) {
             Index i = 0;
             for (Index end = 0; end <= p[1]; end += i) ++i;
             return x(with(p, 1, i));
           },
       .small = {2, 4, 2},
       .more = {{{3, 7, 5}}},
       .without = {{{0, 3, 2}}, {{2, 1, 2}}, {{2, 0, 2}}},
       .large = {{90, 20, 80}},
       .refusals = {{.label = "shape",
                     .call =
                         [] {
                           heed::repeat_interleave(Tensor::ones({2, 3}), Indices({1, 2}), 1);
                         },
                     .text = "[repeat_interleave] times (2) for axis 1 of shape (2, 3)"},
                    {.label = "negative",
                     .call =
                         [] {
                           heed::repeat_interleave(Tensor::ones({2}), Indices({1, -2}), 0);
                         },
                     .text = "[repeat_interleave] -2 times"}},
       .drawn = with_axis(1)});
}

Row unfold_row(const std::string& variant, int axis, Index size, Index step) {
  return moving(
      {.name = "unfold_" + variant,
       .op = "unfold(Tensor, int, Index, Index)",
       .call = [=](const Tensor& x) { return heed::unfold(x, axis, size, step); },
       .shape =
           [=](const Shape& from) {
             Index count = 0;
             while (count * step + size <= from[axis]) ++count;
             return from.with(axis, count).inserted(from.rank(), size);
           },
       .value =
           [=](const Plain& x, const Position& p) {
             const int front = from_front(axis, x.shape.rank());
             const Index at = p[static_cast<std::size_t>(front)] * step + p.back();
             return x(with(Position(p.begin(), p.end() - 1), front, at));
           },
       .small = {4, 2, 5},
       .more = {{{7, 3, 19}}, {{5, 3, 1, 2, 1, 1, 4}}},
       .without = {{axis == 1 ? Shape{0, 2, 5} : Shape{5, 0, 5}}},
       .large = {{30, 10, 90}},
       .refusals = {{.label = "size",
                     .call =
                         [] {
                           heed::unfold(Tensor::ones({2, 3}), 1, 4, 1);
                         },
                     .text = "[unfold] a window of 4 does not fit into axis 1 of shape (2, 3)"},
                    {.label = "step",
                     .call =
                         [] {
                           heed::unfold(Tensor::ones({2, 3}), 1, 2, 0);
                         },
                     .text = "[unfold] windows of 2 every 0; both must be at least 1"},
                    {.label = "rank",
                     .call =
                         [] {
                           heed::unfold(Tensor::ones({1, 1, 1, 1, 1, 1, 1, 3}), 7, 2, 1);
                         },
                     .text =
                         "[unfold] shape (1, 1, 1, 1, 1, 1, 1, 3) has no room for one more axis "
                         "of 8"}},
       .drawn = with_axis(axis, size)});
}

Row fold_row(const std::string& variant, Index extent, Index step, const Shape& small,
             const std::vector<std::vector<Shape>>& more) {
  return {.name = "fold_" + variant,
          .op = "fold(Tensor, int, Index, Index)",
          .call = [=](const Tensors& x) { return heed::fold(x[0], 1, extent, step); },
          .formula =
              [=](const Plains& x) {
                const Shape shape = x[0].shape.erased(-1).with(1, extent);
                return build(shape, [&](const Position& p) {
                  double sum = 0;
                  for (Index w = 0; w < x[0].shape[1]; ++w) {
                    const Index inside = p[1] - w * step;
                    if (inside < 0 || inside >= x[0].shape[-1]) continue;
                    Position from = with(p, 1, w);
                    from.push_back(inside);
                    sum += x[0](from);
                  }
                  return sum;
                });
              },
          .shapes = {small},
          .more = more,
          .without = {{small.with(0, 0)}},
          .large = {small.with(0, 4'000)},
          .refusals = {{.label = "count",
                        .call =
                            [] {
                              heed::fold(Tensor::ones({2, 3, 2}), 1, 6, 1);
                            },
                        .text = "[fold] 3 windows in axis 1 of shape (2, 3, 2); 5 of size 2 fit "
                                "into an extent of 6, one every 1"},
                       {.label = "rank",
                        .call = [] { heed::fold(Tensor::ones({2}), 0, 6, 1); },
                        .text = "[fold] windows of shape (2) need two axes or more"}}};
}

}  // namespace

std::vector<Row> repeat_rows() {
  return {
      repeat_row("axes", {2, 1, 3}, {2, 3, 2}, {0, 3, 2}),
      repeat_row("new_axes", {2, 3, 2}, {3, 1}, {3, 0}),
      repeat_row("nothing", {2, 0}, {2, 3}, {2, 3}),
      repeat_row("scalar", {3}, {}, {0}),
      repeat_interleave_row("first", 2, 0),
      repeat_interleave_row("last", 3, -1),
      repeat_each_row(),
      unfold_row("overlapping", -1, 3, 1),
      unfold_row("first", 0, 2, 2),
      unfold_row("apart", -1, 1, 3),
      unfold_row("middle", 1, 2, 1),
      unfold_row("steps", -1, 3, 2),
      fold_row("overlapping", 5, 1, {2, 3, 3}, {{{3, 3, 7, 3}}}),
      fold_row("steps", 6, 2, {2, 2, 2, 3}, {}),
      fold_row("apart", 7, 3, {2, 3, 1}, {{{2, 2, 3}}}),
  };
}

}  // namespace heed_test
