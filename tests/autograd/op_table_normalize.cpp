#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using heed::Mask;

// Visible: all of row 0, none of row 1, every other entry of the later ones.
bool visible_at(Index row, Index column) {
  return row == 0 || (row > 1 && (row + column) % 2 == 0);
}

using Visible = std::function<bool(const Position&)>;
bool everything(const Position&) { return true; }

constexpr double inf = std::numeric_limits<double>::infinity();

// What the last axis through p adds up to: its largest visible number, and the sum of the
// exponentials relative to it. A NaN or +inf makes both NaN, and with them the whole row.
struct Total {
  double top = -inf;
  double sum = 0;
};
Total total(const Plain& x, const Position& p, const Visible& visible) {
  Total result;
  const auto each = [&](const std::function<void(double)>& visit) {
    for (Index j = 0; j < x.shape[-1]; ++j) {
      const Position other = with(p, x.shape.rank() - 1, j);
      if (visible(other)) visit(x(other));
    }
  };
  each([&](double v) { result.top = v > result.top || std::isnan(v) ? v : result.top; });
  each([&](double v) { result.sum += std::exp(v - result.top); });
  return result;
}

// 0 in a row where nothing is visible; -inf counts as invisible.
Plain softmax_of(const Plain& x, const Visible& visible) {
  return build(x.shape, [&](const Position& p) {
    const Total row = total(x, p, visible);
    if (row.top == -inf) return 0.0;
    return (visible(p) ? std::exp(x(p) - row.top) : 0) / row.sum;
  });
}

Plain log_softmax_of(const Plain& x) {
  return build(x.shape, [&](const Position& p) {
    const Total row = total(x, p, everything);
    return x(p) - row.top - std::log(row.sum);
  });
}

Row row_of(const std::string& name, const std::string& op, heed::TensorFunction call,
           std::function<Plain(const Plains&)> formula) {
  return {.name = name,
          .op = op,
          .call = std::move(call),
          .formula = std::move(formula),
          .shapes = {{3, 4}},
          .more = {{{5, 37}}, {{3, 1}}},
          .without = {{{0, 4}}},
          .large = {{500, 601}},
          .drawn = Drawn{.least_rank = 1, .least_extent = 1}};
}

Row masked_row() {
  const auto mask = [](const Shape& shape) {
    std::vector<std::uint8_t> values;
    for (Index i = 0; i < shape[0]; ++i) {
      for (Index j = 0; j < shape[1]; ++j) values.push_back(visible_at(i, j));
    }
    return Mask(shape, values);
  };
  Row row = row_of(
      "masked_softmax", "masked_softmax(Tensor, Mask, int)",
      [mask](const Tensors& x) { return heed::masked_softmax(x[0], mask(x[0].shape())); },
      [](const Plains& x) {
        return softmax_of(x[0], [](const Position& p) { return visible_at(p[0], p[1]); });
      });
  row.drawn = Drawn{.least_rank = 2, .most_rank = 2};
  return row;
}

// One mask row for all rows of x.
Row shared_mask_row() {
  const auto mask = [](const Shape& shape) {
    std::vector<std::uint8_t> values;
    for (Index j = 0; j < shape[-1]; ++j) values.push_back(j % 3 != 1);
    return Mask(Shape{shape[-1]}, values);
  };
  Row row = row_of(
      "masked_softmax_shared", "masked_softmax(Tensor, Mask, int)",
      [mask](const Tensors& x) { return heed::masked_softmax(x[0], mask(x[0].shape())); },
      [](const Plains& x) {
        return softmax_of(x[0], [](const Position& p) { return p.back() % 3 != 1; });
      });
  row.more = {{{2, 3, 5}}};
  return row;
}

// Over another axis than the last: the formula of the last between two exchanges.
Row inner_row(const std::string& name, const std::string& op, int axis, heed::TensorFunction call,
              const std::function<Plain(const Plain&)>& formula) {
  const auto exchanged = [axis](const Plain& x) {
    const int rank = x.shape.rank(), from = axis < 0 ? axis + rank : axis;
    const Shape shape = x.shape.with(from, x.shape[-1]).with(-1, x.shape[from]);
    return build(shape, [&](const Position& p) {
      return x(with(with(p, from, p.back()), rank - 1, p[static_cast<std::size_t>(from)]));
    });
  };
  Row row = row_of(name + (axis < 0 ? "_inner" : "_first"), op, std::move(call),
                   [=](const Plains& x) { return exchanged(formula(exchanged(x[0]))); });
  row.shapes = {{3, 4}};
  row.more = {{{5, 37}}, {{2, 3, 5}}, {{1, 4}}};
  row.without = {{{4, 0}}};
  row.drawn = Drawn{.least_rank = 2, .least_extent = 1};
  return row;
}

// What the ops share: x (..., n) and, where there are any, weight (n) and bias (n).
struct NormCase {
  std::string name;
  std::string op;
  bool centred;
  bool weight;
  bool bias;
};

Plain norm_of(const NormCase& c, const Plains& x, double eps) {
  const Shape& shape = x[0].shape;
  const auto last = shape.rank() - 1;
  return build(shape, [&](const Position& p) {
    double mean = 0, variance = 0;
    const double n = static_cast<double>(shape[-1]);
    for (Index j = 0; c.centred && j < shape[-1]; ++j) mean += x[0](with(p, last, j)) / n;
    for (Index j = 0; j < shape[-1]; ++j) {
      variance += std::pow(x[0](with(p, last, j)) - mean, 2) / n;
    }
    const double unit = (x[0](p) - mean) / std::sqrt(variance + eps);
    return (c.weight ? unit * x[1]({p.back()}) : unit) + (c.bias ? x.back()({p.back()}) : 0);
  });
}

Row norm_row(const NormCase& c) {
  const double eps = 0.01;
  const auto call = [=](const Tensor& x, const Tensor& weight, const Tensor& bias, double e) {
    return c.centred ? heed::layer_norm(x, weight, bias, e) : heed::rms_norm(x, weight, e);
  };
  const auto shapes = [=](const Shape& x) {
    std::vector<Shape> all{x};
    for (int i = 0; i < c.weight + c.bias; ++i) all.push_back({x[-1]});
    return all;
  };
  const std::string op = c.centred ? "layer_norm" : "rms_norm";
  const Tensor x = Tensor::ones({2, 3}), none;
  return {.name = c.name,
          .op = c.op,
          .call =
              [=](const Tensors& in) {
                return call(in[0], c.weight ? in[1] : none, c.bias ? in.back() : none, eps);
              },
          .formula = [=](const Plains& in) { return norm_of(c, in, eps); },
          .shapes = shapes({3, 4}),
          .more = {shapes({2, 3, 37}), shapes({19})},
          .without = {shapes({0, 4})},
          .large = shapes({900, 301}),
          .refusals = {{.label = "weight",
                        .call = [=] { call(x, Tensor::ones({2}), none, eps); },
                        .text = "[" + op +
                                "] weight (2) must have the extent of the last axis of x (2, 3)"},
                       {.label = "scalar",
                        .call = [=] { call(Tensor::scalar(1), none, none, eps); },
                        .text = "[" + op + "] a scalar has no axis"},
                       {.label = "eps",
                        .call = [=] { call(x, none, none, -1); },
                        .text = "[" + op + "] eps must be >= 0, got -1"}},
          .drawn = Drawn{.least_rank = 1, .least_extent = 1, .shapes = shapes}};
}

// Over the last two axes.
Row norm_over_two_row() {
  const Shape over{2, 3};
  const auto flat = [](const Plain& x, int axes) {
    Shape shape = x.shape;
    for (int i = 1; i < axes; ++i) shape = shape.erased(-1).with(-1, shape[-1] * shape[-2]);
    return Plain{shape, x.values};
  };
  const NormCase c{"layer_norm_over_two", "", true, true, true};
  const auto call = [=](const Shape& x, const Shape& weight) {
    return [=] { heed::layer_norm(Tensor::ones(x), over, Tensor::ones(weight), {}); };
  };
  return {.name = c.name,
          .op = "layer_norm(Tensor, Shape, Tensor, Tensor, double)",
          .call =
              [=](const Tensors& x) { return heed::layer_norm(x[0], over, x[1], x[2], 0.01); },
          .formula =
              [=](const Plains& x) {
                const Plain y = norm_of(c, {flat(x[0], 2), flat(x[1], 2), flat(x[2], 2)}, 0.01);
                return Plain{x[0].shape, y.values};
              },
          .shapes = {{2, 2, 3}, over, over},
          .more = {{{4, 5, 2, 3}, over, over}, {over, over, over}},
          .without = {{{0, 2, 3}, over, over}},
          .large = {{30'000, 2, 3}, over, over},
          .refusals = {{.label = "x",
                        .call = call({2, 3, 2}, {2, 3}),
                        .text = "[layer_norm] x (2, 3, 2) must end with (2, 3), and weight and "
                                "bias must have that shape"},
                       {.label = "weight",
                        .call = call({5, 2, 3}, {6}),
                        .text = "[layer_norm] x (5, 2, 3) must end with (2, 3), and weight and "
                                "bias must have that shape"}},
          .drawn = Drawn{.shapes = [over](const Shape& x) {
            const Shape whole = x.inserted(x.rank(), 2);
            return std::vector<Shape>{whole.inserted(whole.rank(), 3), over, over};
          }}};
}

}  // namespace

std::vector<Row> normalize_rows() {
  const std::string layer_norm = "layer_norm(Tensor, Tensor, Tensor, double)";
  const std::string rms_norm = "rms_norm(Tensor, Tensor, double)";
  return {
      row_of(
          "softmax", "softmax(Tensor, int)", [](const Tensors& x) { return heed::softmax(x[0]); },
          [](const Plains& x) { return softmax_of(x[0], everything); }),
      row_of(
          "log_softmax", "log_softmax(Tensor, int)",
          [](const Tensors& x) { return heed::log_softmax(x[0]); },
          [](const Plains& x) { return log_softmax_of(x[0]); }),
      masked_row(),
      shared_mask_row(),
      inner_row(
          "softmax", "softmax(Tensor, int)", 0,
          [](const Tensors& x) { return heed::softmax(x[0], 0); },
          [](const Plain& x) { return softmax_of(x, everything); }),
      inner_row(
          "log_softmax", "log_softmax(Tensor, int)", -2,
          [](const Tensors& x) { return heed::log_softmax(x[0], -2); }, log_softmax_of),
      inner_row(
          "masked_softmax", "masked_softmax(Tensor, Mask, int)", 0,
          [](const Tensors& x) {
            std::vector<std::uint8_t> values;
            for (Index j = 0; j < x[0].dim(-1); ++j) values.push_back(j % 3 != 1);
            return heed::masked_softmax(x[0], Mask(Shape{x[0].dim(-1)}, values), 0);
          },
          [](const Plain& x) {
            return softmax_of(x, [](const Position& p) { return p[0] % 3 != 1; });
          }),
      norm_over_two_row(),
      norm_row({"layer_norm", layer_norm, true, true, true}),
      norm_row({"layer_norm_without_weight", layer_norm, true, false, true}),
      norm_row({"layer_norm_without_bias", layer_norm, true, true, false}),
      norm_row({"rms_norm", rms_norm, false, true, false}),
      norm_row({"rms_norm_without_weight", rms_norm, false, false, false}),
  };
}

}  // namespace heed_test
