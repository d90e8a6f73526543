#include "autograd/ops.h"
#include "tests/autograd/op_table_move.h"

namespace heed_test {
namespace {

using heed::PadMode;
using heed::PadOptions;

struct Cut {
  std::string variant;
  int axis;
  Index start, stop, step;
};

// The places of start:stop:step, walked one by one.
std::vector<Index> places(const Cut& cut, Index extent) {
  const Index end = cut.stop < 0 ? cut.stop + extent : cut.stop;
  std::vector<Index> result;
  for (Index i = cut.start < 0 ? cut.start + extent : cut.start; cut.step > 0 ? i < end : i > end;
       i += cut.step) {
    result.push_back(i);
  }
  return result;
}

Refusal slice_refusal(const std::string& label, Index start, Index stop, Index step,
                      const std::string& text) {
  return {.label = label,
          .call =
              [=] {
                heed::slice(Tensor::ones({2, 3}), 1, start, stop, step);
              },
          .text = "[slice] " + text + " does not lie inside axis 1 of shape (2, 3)"};
}

Row slice_row(const Cut& cut) {
  return moving({.name = "slice_" + cut.variant,
                 .op = "slice(Tensor, int, Index, Index, Index)",
                 .call =
                     [cut](const Tensor& x) {
                       return heed::slice(x, cut.axis, cut.start, cut.stop, cut.step);
                     },
                 .shape =
                     [cut](const Shape& from) {
                       return from.with(cut.axis,
                                        static_cast<Index>(places(cut, from[cut.axis]).size()));
                     },
                 .value =
                     [cut](const Plain& x, const Position& p) {
                       const int axis = from_front(cut.axis, x.shape.rank());
                       const auto at = static_cast<std::size_t>(p[static_cast<std::size_t>(axis)]);
                       return x(with(p, axis, places(cut, x.shape[axis])[at]));
                     },
                 .small = {5, 2, 5},
                 .more = {{{37, 3, 41}}, {{5, 1, 2, 1, 1, 2, 1, 5}}},
                 .without = {{{5, 0, 5}}},
                 .large = {{90, 60, 80}},
                 .refusals = {slice_refusal("range", 1, 5, 1, "1:5:1"),
                              slice_refusal("backwards", 2, 1, 1, "2:1:1"),
                              slice_refusal("forwards", 1, 2, -1, "1:2:-1"),
                              slice_refusal("before", 2, -5, -1, "2:-5:-1"),
                              slice_refusal("behind", 3, 0, -1, "3:0:-1"),
                              slice_refusal("still", 0, 3, 0, "0:3:0"),
                              {.label = "scalar",
                               .call = [] { heed::slice(Tensor::scalar(1), 0, 0, 1); },
                               .text = "[slice] no axis 0 in a tensor of shape ()"}},
                 .drawn = with_axis(cut.axis, 5)});
}

// Backwards over an axis that may be empty.
Row slice_all_backwards_row() {
  return moving({.name = "slice_all_backwards",
                 .op = "slice(Tensor, int, Index, Index, Index)",
                 .call = [](const Tensor& x) { return heed::slice(x, 1, -1, -x.dim(1) - 1, -1); },
                 .shape = [](const Shape& from) { return from; },
                 .value = [](const Plain& x,
                             const Position& p) { return x(with(p, 1, x.shape[1] - 1 - p[1])); },
                 .small = {2, 3},
                 .more = {{{2, 1}}, {{2, 19}}},
                 .without = {{{2, 0}}, {{0, 2}}},
                 .large = {{90, 4'000}},
                 .drawn = with_axis(1)});
}

Row select_row(const std::string& variant, int axis, Index i) {
  return moving({.name = "select_" + variant,
                 .op = "select(Tensor, int, Index)",
                 .call = [=](const Tensor& x) { return heed::select(x, axis, i); },
                 .shape = [=](const Shape& from) { return from.erased(axis); },
                 .value =
                     [=](const Plain& x, const Position& p) {
                       const int front = from_front(axis, x.shape.rank());
                       const Index at = i < 0 ? i + x.shape[axis] : i;
                       return x(inserted(p, front, at));
                     },
                 .small = {3, 2, 3},
                 .more = {{{7, 3, 19}}},
                 .without = {{axis == 1 ? Shape{0, 2, 3} : Shape{3, 0, 3}}},
                 .large = {{90, 60, 80}},
                 .refusals = {{.label = "range",
                               .call =
                                   [] {
                                     heed::select(Tensor::ones({2, 3}), 1, 3);
                                   },
                               .text = "[select] no element 3 in axis 1 of shape (2, 3)"}},
                 .drawn = with_axis(axis, 2)});
}

// The pieces joined again in reversed order, so that a piece too long or too short shows.
Row split_row(const std::string& variant, const std::string& op,
              std::function<std::vector<Tensor>(const Tensor&)> call, Index size,
              std::vector<Shape> without, std::vector<Refusal> refusals) {
  const auto at = [size](Index extent, Index place) {
    const Index tail = extent % size == 0 ? size : extent % size;
    const Index behind = place - tail;  // counted from the end of the last piece, now in front
    const Index piece = behind < 0 ? 0 : behind / size + 1;
    const Index before = behind < 0 ? place : behind % size;
    const Index pieces = (extent + size - 1) / size;
    return (pieces - 1 - piece) * size + before;
  };
  return moving({.name = "split_" + variant,
                 .op = op,
                 .call =
                     [call](const Tensor& x) {
                       const std::vector<Tensor> pieces = call(x);
                       return heed::concat(Tensors(pieces.rbegin(), pieces.rend()), -1);
                     },
                 .shape = [](const Shape& from) { return from; },
                 .value =
                     [at](const Plain& x, const Position& p) {
                       const int last = x.shape.rank() - 1;
                       return x(with(p, last, at(x.shape[-1], p.back())));
                     },
                 .small = {2, 5},
                 .without = {without},
                 .refusals = std::move(refusals),
                 .drawn = Drawn{.least_rank = 1, .shapes = [](const Shape& x) {
                                  return std::vector<Shape>{x.with(-1, 5)};
                                }}});
}

std::vector<Row> split_rows() {
  const auto pieces = [](const Tensor& x) { return heed::split(x, 2, -1); };
  const auto parts = [](const Tensor& x) { return heed::split(x, {2, 2, 1}, -1); };
  const std::vector<Refusal> of_sizes = {
      {.label = "sum",
       .call =
           [] {
             heed::split(Tensor::ones({2, 3}), {2, 2}, 1);
           },
       .text = "[split] sizes (2, 2) do not add up to axis 1 of shape (2, 3)"},
      {.label = "negative",
       .call =
           [] {
             heed::split(Tensor::ones({2, 3}), {4, -1}, 1);
           },
       .text = "[split] sizes (4, -1) do not add up to axis 1 of shape (2, 3)"}};
  const std::vector<Refusal> of_size = {{.label = "size",
                                         .call =
                                             [] {
                                               heed::split(Tensor::ones({2, 3}), 0);
                                             },
                                         .text = "[split] pieces of size 0; at least 1"}};
  return {
      split_row("size", "split(Tensor, Index, int)", pieces, 2, {{3, 0}}, of_size),
      split_row("sizes", "split(Tensor, std::vector<Index>, int)", parts, 2, {{0, 5}}, of_sizes)};
}

// Where a value of a padded line comes from, found by walking: -1 is nowhere.
Index walked(Index at, Index extent, PadMode mode) {
  if (at >= 0 && at < extent) return at;
  if (mode == PadMode::constant) return -1;
  if (mode == PadMode::replicate) return at < 0 ? 0 : extent - 1;
  if (mode == PadMode::circular) return walked(at < 0 ? at + extent : at - extent, extent, mode);
  if (extent == 1) return 0;
  return walked(at < 0 ? -at : 2 * (extent - 1) - at, extent, mode);
}

std::vector<Refusal> pad_refusals() {
  return {
      {.label = "negative",
       .call =
           [] {
             heed::pad(Tensor::ones({2, 3}), 1, -1, 0);
           },
       .text = "[pad] negative padding: -1 before, 0 after"},
      {.label = "huge",
       .call =
           [] {
             heed::pad(Tensor::ones({2, 3}), 1, Index{1} << 62, Index{1} << 62);
           },
       .text = "[pad] 4611686018427387904 before and 4611686018427387904 after are more than "
               "can be counted"},
      {.label = "nothing to mirror",
       .call =
           [] {
             heed::pad(Tensor::ones({2, 0}), 1, 1, 0, {.mode = PadMode::reflect});
           },
       .text = "[pad] axis 1 of shape (2, 0) is empty: only a constant can stand around it"},
      {.label = "beyond ids",
       .call =
           [] { heed::pad(Tensor::ones({2}), 0, Index{1} << 33, 0, {.mode = PadMode::circular}); },
       .text = "[pad] place 8589934594 is beyond what an id counts"},
      {.label = "pairs",
       .call =
           [] {
             heed::pad(Tensor::ones({2, 3}), {{1, 1}});
           },
       .text = "[pad] 1 pairs of widths for the 2 axes of shape (2, 3)"}};
}

Row pad_row(const std::string& variant, int axis, Index before, Index after,
            const PadOptions& options = {}) {
  return moving(
      {.name = "pad_" + variant,
       .op = "pad(Tensor, int, Index, Index, PadOptions)",
       .call = [=](const Tensor& x) { return heed::pad(x, axis, before, after, options); },
       .shape = [=](const Shape& from) { return from.with(axis, from[axis] + before + after); },
       .value =
           [=](const Plain& x, const Position& p) {
             const int front = from_front(axis, x.shape.rank());
             const Index at =
                 walked(p[static_cast<std::size_t>(front)] - before, x.shape[axis], options.mode);
             return at < 0 ? options.value : x(with(p, front, at));
           },
       .small = {2, 3, 2},
       .more = {{{5, 3, 19}}, {{1, 1, 1}}},
       .without = {{options.mode == PadMode::constant ? Shape{0, 0, 0}
                    : axis == 1                       ? Shape{0, 2, 0}
                                                      : Shape{2, 0, 2}}},
       .large = {{90, 60, 80}},
       .refusals = pad_refusals(),
       .drawn = with_axis(axis, options.mode == PadMode::constant ? 0 : 1)});
}

Row pad_all_row(const std::string& variant, const PadOptions& options) {
  return moving({.name = "pad_all_" + variant,
                 .op = "pad(Tensor, std::vector<std::pair<Index, Index>>, PadOptions)",
                 .call =
                     [options](const Tensor& x) {
                       return heed::pad(x, {{1, 0}, {0, 0}, {2, 1}}, options);
                     },
                 .shape =
                     [](const Shape& from) {
                       return Shape{from[0] + 1, from[1], from[2] + 3};
                     },
                 .value =
                     [options](const Plain& x, const Position& p) {
                       const Index first = walked(p[0] - 1, x.shape[0], options.mode);
                       const Index last = walked(p[2] - 2, x.shape[2], options.mode);
                       return first < 0 || last < 0 ? options.value : x({first, p[1], last});
                     },
                 .small = {2, 3, 2},
                 .more = {{{5, 3, 19}}},
                 .without = {{{2, 0, 2}}},
                 .large = {{90, 60, 80}},
                 .drawn = Drawn{.least_rank = 3, .most_rank = 3, .least_extent = 1}});
}

Row flip_row(const std::string& variant, int axis) {
  return moving({.name = "flip_" + variant,
                 .op = "flip(Tensor, int)",
                 .call = [=](const Tensor& x) { return heed::flip(x, axis); },
                 .shape = [](const Shape& from) { return from; },
                 .value =
                     [=](const Plain& x, const Position& p) {
                       const int front = from_front(axis, x.shape.rank());
                       const Index at = p[static_cast<std::size_t>(front)];
                       return x(with(p, front, x.shape[axis] - 1 - at));
                     },
                 .small = {2, 3, 2},
                 .more = {{{3, 1, 37}}, {{2, 1, 1, 2, 1, 1, 1, 2}}},
                 .without = {{{0, 3, 2}}, {{2, 3, 0}}},
                 .large = {{90, 60, 80}},
                 .drawn = with_axis(axis)});
}

Row roll_row(const std::string& variant, Index shift, int axis) {
  return moving({.name = "roll_" + variant,
                 .op = "roll(Tensor, Index, int)",
                 .call = [=](const Tensor& x) { return heed::roll(x, shift, axis); },
                 .shape = [](const Shape& from) { return from; },
                 .value =
                     [=](const Plain& x, const Position& p) {
                       const int front = from_front(axis, x.shape.rank());
                       const Index extent = x.shape[axis];
                       Index at = p[static_cast<std::size_t>(front)] - shift;
                       while (at < 0) at += extent;
                       while (at >= extent) at -= extent;
                       return x(with(p, front, at));
                     },
                 .small = {2, 3, 2},
                 .more = {{{1, 1, 1}}, {{5, 3, 19}}},
                 .without = {{{0, 3, 0}}, {{3, 0, 2}}},
                 .large = {{90, 60, 80}},
                 .drawn = with_axis(axis)});
}

}  // namespace

std::vector<Row> slicing_rows() {
  std::vector<Row> rows = {
      slice_row({"first", 0, 1, 4, 1}),
      slice_row({"last", -1, 1, -1, 1}),
      slice_row({"step", -1, 0, 5, 2}),
      slice_row({"first_step", 0, 1, 5, 3}),
      slice_row({"from_end", 0, -4, -1, 1}),
      slice_row({"empty", 0, 2, 2, 1}),
      slice_row({"back", 0, 4, 1, -1}),
      slice_row({"back_step", -1, 3, 0, -2}),
      slice_row({"back_empty", -1, 1, 1, -1}),
      slice_row({"long_step", -1, 1, 5, Index{1} << 62}),
      slice_row({"long_step_back", 0, -1, 0, -(Index{1} << 62)}),
      slice_all_backwards_row(),
      select_row("first", 0, 1),
      select_row("last", -1, -1),
      select_row("middle", 1, 0),
      pad_row("first", 0, 1, 2),
      pad_row("last", -1, 2, 0, {.value = -1.5}),
      pad_row("nothing", 1, 0, 0),
      pad_row("reflect", 1, 1, 2, {.mode = PadMode::reflect}),
      pad_row("reflect_far", -1, 5, 4, {.mode = PadMode::reflect}),
      pad_row("replicate", 1, 2, 3, {.mode = PadMode::replicate}),
      pad_row("circular", -1, 3, 5, {.mode = PadMode::circular}),
      pad_all_row("constant", {.value = 0.25}),
      pad_all_row("reflect", {.mode = PadMode::reflect}),
      flip_row("first", 0),
      flip_row("last", -1),
      roll_row("first", 1, 0),
      roll_row("far", -7, 1),
      roll_row("nothing", 2, -1),
  };
  for (Row& row : split_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace heed_test
