#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using heed::Indices;

Row linear_row(bool with_bias) {
  const auto shapes = [with_bias](const Shape& x, Index out) {
    std::vector<Shape> all = {x, {out, x[-1]}};
    if (with_bias) all.push_back({out});
    return all;
  };
  return {
      .name = with_bias ? "linear" : "linear_without_bias",
      .op = "linear(Tensor, Tensor, Tensor)",
      .call =
          [with_bias](const Tensors& x) {
            return heed::linear(x[0], x[1], with_bias ? x[2] : Tensor());
          },
      .formula =
          [with_bias](const Plains& x) {
            const Shape& weight = x[1].shape;
            return build(x[0].shape.with(-1, weight[0]), [&](const Position& p) {
              double sum = with_bias ? x[2]({p.back()}) : 0;
              for (Index k = 0; k < weight[1]; ++k) {
                sum += x[0](with(p, x[0].shape.rank() - 1, k)) * x[1]({p.back(), k});
              }
              return sum;
            });
          },
      .shapes = shapes({2, 3}, 4),
      .more = {shapes({2, 3, 5}, 19), shapes({7}, 3)},
      .without = {shapes({0, 3}, 2)},
      .large = shapes({300, 200}, 310),
      .refusals =
          {{.label = "features",
            .call =
                [] {
                  heed::linear(Tensor::ones({2, 3}), Tensor::ones({5, 4}), Tensor());
                },
            .text = "[linear] weight (5, 4) must be (out, in) with in the last axis of x (2, 3)\n"
                    "hint: the weight is stored transposed, one row an output"}},
      .drawn = Drawn{.least_rank = 1, .shapes = [shapes](const Shape& x) { return shapes(x, 3); }}};
}

// Label 3i of row i, and row 1 left out.
Index label_of_row(Index row, Index classes) { return row == 1 ? -100 : 3 * row % classes; }

Indices labels_for(const Shape& logits) {
  std::vector<std::int32_t> labels;
  for (Index i = 0; i < logits.size() / logits[-1]; ++i) {
    labels.push_back(static_cast<std::int32_t>(label_of_row(i, logits[-1])));
  }
  return Indices(logits.erased(-1), labels);
}

struct LossCase {
  std::string variant;
  bool weighted = false;  // class c counts (c + 1) / 3
  double smoothing = 0;
  heed::Reduction reduction = heed::Reduction::mean;
};

double weight_of(const LossCase& c, Index label) {
  return c.weighted ? static_cast<double>(label + 1) / 3 : 1;
}

Tensor cross_entropy_of(const LossCase& c, const Tensor& logits) {
  const Index classes = logits.dim(-1);
  return heed::cross_entropy(
      logits, labels_for(logits.shape()),
      {.weight = c.weighted ? (Tensor::arange(classes) + 1.0) / 3.0 : Tensor(),
       .label_smoothing = c.smoothing,
       .reduction = c.reduction});
}

Plain cross_entropy_formula(const LossCase& c, const Plain& x) {
  const Index classes = x.shape[-1];
  std::vector<double> losses;
  double weights = 0;
  for (Index i = 0; i < x.shape.size() / classes; ++i) {
    losses.push_back(0);
    const Index label = label_of_row(i, classes);
    if (label < 0) continue;
    const double* row = x.values.data() + i * classes;
    const double top = *std::max_element(row, row + classes);
    double sum = 0;
    for (Index j = 0; j < classes; ++j) sum += std::exp(row[j] - top);
    for (Index j = 0; j < classes; ++j) {
      const double target =
          (j == label ? 1 - c.smoothing : 0) + c.smoothing / static_cast<double>(classes);
      if (target > 0) losses.back() += target * weight_of(c, j) * (top + std::log(sum) - row[j]);
    }
    weights += weight_of(c, label);
  }
  if (c.reduction == heed::Reduction::none) return {x.shape.erased(-1), losses};
  const double total = std::accumulate(losses.begin(), losses.end(), 0.0);
  const bool divided = c.reduction == heed::Reduction::mean && weights > 0;
  return {Shape(), {divided ? total / weights : total}};
}

Row cross_entropy_row(const LossCase& c) {
  const Tensor x = Tensor::ones({2, 3});
  const Indices fit({0, 1});
  return {
      .name = "cross_entropy" + c.variant,
      .op = "cross_entropy(Tensor, Indices, CrossEntropyOptions)",
      .call = [c](const Tensors& in) { return cross_entropy_of(c, in[0]); },
      .formula = [c](const Plains& in) { return cross_entropy_formula(c, in[0]); },
      .shapes = {{3, 4}},
      .more = {{{2, 3, 37}}, {{5, 2}}, {{7}}},
      .without = {{{0, 4}}},
      .large = {{500, 601}},
      .refusals = {{.label = "label",
                    .call =
                        [x] {
                          heed::cross_entropy(x, Indices({0, 3}));
                        },
                    .text = "[cross_entropy] label 3 at position 1 is outside [0, 3), the classes\n"
                            "hint: rows to leave out are labelled ignore_index, here -100"},
                   {.label = "weight",
                    .call = [=] { heed::cross_entropy(x, fit, {.weight = Tensor::ones({2})}); },
                    .text =
                        "[cross_entropy] weight (2) must have one value for each of the 3 classes"},
                   {.label = "smoothing",
                    .call = [=] { heed::cross_entropy(x, fit, {.label_smoothing = 1.5}); },
                    .text = "[cross_entropy] label_smoothing must be in [0, 1], got 1.5"}},
      .drawn = Drawn{.least_rank = 1, .least_extent = 1}};
}

// What is left out is read off a tensor of ones; that the share is p is a test of its own.
Row dropout_row() {
  const auto call = [](const Tensor& x) {
    heed::Generator rng(5);
    return heed::dropout(x, 0.25, rng);
  };
  return {.name = "dropout",
          .op = "dropout(Tensor, double, Generator)",
          .call = [call](const Tensors& x) { return call(x[0]); },
          .formula =
              [call](const Plains& x) {
                const Plain left = plain(call(Tensor::ones(x[0].shape)));
                return build(x[0].shape, [&](const Position& p) { return x[0](p) * left(p); });
              },
          .shapes = {{3, 4}},
          .more = {{{37}}},
          .without = {{{0}}},
          .scalars = {{}},
          .large = {{300'001}}};
}

// Of whole channels: one draw for each.
Row channel_dropout_row() {
  const auto call = [](const Tensor& x) {
    heed::Generator rng(5);
    return heed::channel_dropout(x, 0.25, rng);
  };
  return {.name = "channel_dropout",
          .op = "channel_dropout(Tensor, double, Generator)",
          .call = [call](const Tensors& x) { return call(x[0]); },
          .formula =
              [](const Plains& x) {
                heed::Generator rng(5);
                const Shape channels{x[0].shape[0], x[0].shape[1]};
                const Plain left = plain(heed::dropout(Tensor::ones(channels), 0.25, rng));
                return build(x[0].shape,
                             [&](const Position& p) { return x[0](p) * left({p[0], p[1]}); });
              },
          .shapes = {{2, 3, 2}},
          .more = {{{5, 4}}, {{2, 3, 4, 5}}},
          .without = {{{2, 3, 0}}},
          .large = {{30, 40, 300}},
          .refusals = {{.label = "rank",
                        .call = [call] { call(Tensor::ones({3})); },
                        .text = "[channel_dropout] x must be (B, C, ...), got (3)"}},
          .drawn = Drawn{.least_rank = 2}};
}

Row alpha_dropout_row() {
  const auto call = [](const Tensor& x, double p) {
    heed::Generator rng(5);
    return heed::alpha_dropout(x, p, rng);
  };
  return {.name = "alpha_dropout",
          .op = "alpha_dropout(Tensor, double, Generator)",
          .call = [call](const Tensors& x) { return call(x[0], 0.25); },
          .formula =
              [](const Plains& x) {
                heed::Generator rng(5);
                const Plain left = plain(heed::dropout(Tensor::ones(x[0].shape), 0.25, rng));
                const double limit = -1.6732632423543772848 * 1.0507009873554804934;
                const double scale = 1 / std::sqrt(0.75 + 0.25 * 0.75 * limit * limit);
                return build(x[0].shape, [&](const Position& p) {
                  return scale * ((left(p) > 0 ? x[0](p) : limit) - 0.25 * limit);
                });
              },
          .shapes = {{3, 4}},
          .more = {{{37}}},
          .without = {{{0}}},
          .scalars = {{}},
          .large = {{300'001}},
          .refusals = {{.label = "all",
                        .call = [call] { call(Tensor::ones({3}), 1); },
                        .text = "[alpha_dropout] p must be below 1, got 1"},
                       {.label = "p",
                        .call = [call] { call(Tensor::ones({3}), 2); },
                        .text = "[alpha_dropout] p must be a probability, 0 to 1, got 2"}}};
}

std::vector<LossCase> loss_cases() {
  using heed::Reduction;
  return {{""},
          {"_weighted", true},
          {"_smoothed", false, 0.2},
          {"_weighted_smoothed", true, 0.2},
          {"_sum", true, 0.2, Reduction::sum},
          {"_none", false, 0, Reduction::none},
          {"_weighted_none", true, 0.2, Reduction::none}};
}

}  // namespace

std::vector<Row> fused_rows() {
  std::vector<Row> rows = {linear_row(true), linear_row(false), dropout_row(),
                           channel_dropout_row(), alpha_dropout_row()};
  for (const LossCase& c : loss_cases()) rows.push_back(cross_entropy_row(c));
  return rows;
}

}  // namespace heed_test
