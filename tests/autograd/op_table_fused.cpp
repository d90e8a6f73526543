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

// One attention: its options, and where q, k and v lie in what is handed in.
struct Case {
  std::string variant;
  heed::AttentionOptions options;
  bool packed = false;  // q, k, v from one source (B, T, 3 H D)
  Index heads = 2;
};

bool sees(const heed::AttentionOptions& options, Index i, Index j, Index queries, Index keys) {
  const Index here = i + keys - queries;
  if (options.causal && j > here) return false;
  if (options.window >= 0 && std::abs(j - here) > options.window) return false;
  return !options.visible.defined() || options.visible[i * keys + j];
}

Plain attend(const Case& c, const Plains& x) {
  const Plain &q = x[0], &k = c.packed ? x[0] : x[1], &v = c.packed ? x[0] : x[2];
  const Index parts = c.packed ? 3 : 1;
  const Index size = q.shape[-1] / parts / c.heads, value_size = v.shape[-1] / parts / c.heads;
  const Index k_from = c.packed ? c.heads * size : 0, v_from = c.packed ? 2 * c.heads * size : 0;
  const Index queries = q.shape[1], keys = k.shape[1];
  const double scale =
      c.options.scale != 0 ? c.options.scale : 1 / std::sqrt(static_cast<double>(size));
  return build(Shape{q.shape[0], queries, c.heads * value_size}, [&](const Position& p) {
    const Index head = p[2] / value_size;
    double top = 0, bottom = 0;
    for (Index j = 0; j < keys; ++j) {
      if (!sees(c.options, p[1], j, queries, keys)) continue;
      double score = 0;
      for (Index d = 0; d < size; ++d) {
        score += q({p[0], p[1], head * size + d}) * k({p[0], j, k_from + head * size + d});
      }
      bottom += std::exp(score * scale);
      top += std::exp(score * scale) * v({p[0], j, v_from + p[2]});
    }
    return bottom == 0 ? 0 : top / bottom;
  });
}

Row attention_row(const Case& c) {
  const auto call = [c](const Tensors& x) {
    const Index heads = c.heads;
    if (c.packed) {
      const Index size = x[0].dim(-1) / 3 / heads;
      return heed::dot_product_attention({x[0], 0, heads, size}, {x[0], heads * size, heads, size},
                                         {x[0], 2 * heads * size, heads, size}, c.options);
    }
    const auto all = [heads](const Tensor& t) {
      return heed::Heads{t, 0, heads, t.dim(-1) / heads};
    };
    return heed::dot_product_attention(all(x[0]), all(x[1]), all(x[2]), c.options);
  };
  Row row{.name = "attention_" + c.variant,
          .op = "dot_product_attention(Heads, Heads, Heads, AttentionOptions)",
          .call = call,
          .formula = [c](const Plains& x) { return attend(c, x); },
          .shapes = {{2, 3, 4}, {2, 4, 4}, {2, 4, 2}}};
  if (c.packed) row.shapes = {{2, 3, 12}};
  if (c.options.visible.defined()) return row;  // the mask fixes the lengths
  row.more = {{{1, 9, 10}, {1, 11, 10}, {1, 11, 6}}};
  row.without = {{{0, 3, 4}, {0, 4, 4}, {0, 4, 2}}};
  row.large = {{4, 90, 32}, {4, 90, 32}, {4, 90, 32}};
  if (c.packed) {
    row.more = {{{1, 9, 30}}};
    row.without = {{{0, 3, 12}}};
    row.large = {{4, 90, 96}};
  }
  row.drawn =
      Drawn{.least_rank = 3, .most_rank = 3, .least_extent = 1, .shapes = [c](const Shape& x) {
              const Index batch = x[0], queries = x[1], width = c.heads * x[2];
              if (c.packed) return std::vector<Shape>{{batch, queries, 3 * width}};
              const Index keys = 1 + (batch + queries) % 5, value_width = c.heads * (1 + x[1] % 3);
              return std::vector<Shape>{
                  {batch, queries, width}, {batch, keys, width}, {batch, keys, value_width}};
            }};
  return row;
}

std::vector<Case> attention_cases() {
  // Query 1 sees no key at all.
  const heed::Mask mask(Shape{3, 4}, {1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0});
  return {{"full", {}},
          {"scaled", {.scale = 0.3}},
          {"causal", {.causal = true}},
          {"window", {.window = 1}},
          {"causal_window", {.causal = true, .window = 1}},
          {"masked", {.visible = mask}},
          {"packed", {}, true},
          {"packed_causal", {.causal = true}, true},
          {"one_head", {.causal = true}, false, 1}};
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
  std::vector<Row> rows = {linear_row(true), linear_row(false), dropout_row()};
  for (const LossCase& c : loss_cases()) rows.push_back(cross_entropy_row(c));
  for (const Case& c : attention_cases()) rows.push_back(attention_row(c));
  return rows;
}

}  // namespace heed_test
