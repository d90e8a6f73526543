#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using heed::Alignment;
using heed::AttentionOptions;
using heed::Heads;

// One attention: its options, and where q, k and v lie in what is handed in.
struct Case {
  std::string variant;
  AttentionOptions options;
  bool packed = false;  // q, k, v from one source (B, T, 3 H D)
  Index heads = 2;
  Index key_heads = 0;  // 0: as many
  // Of the bias, which is handed in last; null: there is none.
  Shape (*bias)(const Shape& scores) = nullptr;

  Index pairs() const { return key_heads == 0 ? heads : key_heads; }
};

bool sees(const AttentionOptions& options, Index b, Index i, Index j, Index queries, Index keys) {
  const Index end =
      options.key_lengths.empty() ? keys : options.key_lengths[static_cast<std::size_t>(b)];
  if (j >= end) return false;
  const Index here = options.alignment == Alignment::upper_left ? i : i + end - queries;
  if (options.causal && j > here) return false;
  if (options.window >= 0 && std::abs(j - here) > options.window) return false;
  return !options.visible.defined() || options.visible[i * keys + j];
}

double added(const Plain& bias, Position at) {
  const int missing = static_cast<int>(at.size()) - bias.shape.rank();
  at.erase(at.begin(), at.begin() + missing);
  for (int axis = 0; axis < bias.shape.rank(); ++axis) {
    if (bias.shape[axis] == 1) at[static_cast<std::size_t>(axis)] = 0;
  }
  return bias(at);
}

// Scores from the definition, of one query head.
class Formula {
 public:
  Formula(const Case& c, const Plains& x)
      : c_(c), x_(x), q_(x[0]), k_(c.packed ? x[0] : x[1]), parts_(c.packed ? 3 : 1) {}

  Index batch() const { return q_.shape[0]; }
  Index queries() const { return q_.shape[1]; }
  Index keys() const { return k_.shape[1]; }
  Index size() const { return q_.shape[-1] / parts_ / c_.heads; }

  double score(Index b, Index head, Index i, Index j) const {
    const Index pair = head / (c_.heads / c_.pairs());
    const Index k_from = c_.packed ? c_.heads * size() : 0;
    double score = 0;
    for (Index d = 0; d < size(); ++d) {
      score += q_({b, i, head * size() + d}) * k_({b, j, k_from + pair * size() + d});
    }
    const double scale = c_.options.scale;
    score *= scale != 0 ? scale : 1 / std::sqrt(static_cast<double>(size()));
    const double cap = c_.options.softcap;
    if (cap > 0) score = cap * std::tanh(score / cap);
    return c_.bias ? score + added(x_.back(), {b, head, i, j}) : score;
  }
  double weight(Index b, Index head, Index i, Index j) const {
    double total = 0;
    for (Index l = 0; l < keys(); ++l) total += exponential(b, head, i, l);
    if (std::isinf(total)) return std::numeric_limits<double>::quiet_NaN();
    return total == 0 ? 0 : exponential(b, head, i, j) / total;
  }
  Plain attend() const {
    const Plain& v = c_.packed ? q_ : x_[2];
    const Index value_size = v.shape[-1] / parts_ / c_.pairs();
    const Index v_from = c_.packed ? 2 * c_.heads * size() : 0;
    return build(Shape{batch(), queries(), c_.heads * value_size}, [&](const Position& p) {
      const Index head = p[2] / value_size, pair = head / (c_.heads / c_.pairs());
      double sum = 0;
      for (Index j = 0; j < keys(); ++j) {
        if (!sees(c_.options, p[0], p[1], j, queries(), keys())) continue;
        sum += weight(p[0], head, p[1], j) *
               v({p[0], j, v_from + pair * value_size + p[2] % value_size});
      }
      return sum;
    });
  }
  template <class Number>
  Plain over_pairs(Number number) const {
    return build(Shape{batch(), c_.heads, queries(), keys()},
                 [&](const Position& p) { return number(p[0], p[1], p[2], p[3]); });
  }

 private:
  double exponential(Index b, Index head, Index i, Index j) const {
    if (!sees(c_.options, b, i, j, queries(), keys())) return 0;
    return std::exp(score(b, head, i, j));
  }

  const Case& c_;
  const Plains& x_;
  const Plain &q_, &k_;
  Index parts_;
};

Heads all(const Tensor& t, Index heads) { return {t, 0, heads, t.dim(-1) / heads}; }

AttentionOptions with_bias(const Case& c, const Tensors& x) {
  AttentionOptions options = c.options;
  if (c.bias) options.bias = x.back();
  return options;
}

Tensor call(const Case& c, const Tensors& x) {
  const AttentionOptions options = with_bias(c, x);
  if (c.packed) {
    const Index size = x[0].dim(-1) / 3 / c.heads;
    return heed::dot_product_attention({x[0], 0, c.heads, size},
                                       {x[0], c.heads * size, c.heads, size},
                                       {x[0], 2 * c.heads * size, c.heads, size}, options);
  }
  return heed::dot_product_attention(all(x[0], c.heads), all(x[1], c.pairs()), all(x[2], c.pairs()),
                                     options);
}

// Of q, k, v and the bias, for heads of these sizes.
std::vector<Shape> shapes(const Case& c, const Shape& scores, Index size, Index value_size) {
  const Index batch = scores[0], queries = scores[2], keys = scores[3];
  std::vector<Shape> made = {{batch, queries, c.heads * size},
                             {batch, keys, c.pairs() * size},
                             {batch, keys, c.pairs() * value_size}};
  if (c.packed) made = {{batch, queries, 3 * c.heads * size}};
  if (c.bias) made.push_back(c.bias(scores));
  return made;
}

Row attention_row(const Case& c) {
  Row row{.name = "attention_" + c.variant,
          .op = "dot_product_attention(Heads, Heads, Heads, AttentionOptions)",
          .call = [c](const Tensors& x) { return call(c, x); },
          .formula = [c](const Plains& x) { return Formula(c, x).attend(); },
          .shapes = shapes(c, {2, c.heads, 3, c.packed ? 3 : 4}, 2, 1)};
  // Mask and lengths fix the extents.
  if (c.options.visible.defined() || !c.options.key_lengths.empty()) return row;
  row.more = {shapes(c, {1, c.heads, 9, c.packed ? 9 : 11}, 5, 3)};
  row.without = {shapes(c, {0, c.heads, 3, c.packed ? 3 : 4}, 2, 1)};
  row.large = shapes(c, {4, c.heads, 90, 90}, 16, 16);
  row.drawn =
      Drawn{.least_rank = 3, .most_rank = 3, .least_extent = 1, .shapes = [c](const Shape& x) {
              const Index keys = c.packed ? x[1] : 1 + (x[0] + x[1]) % 5;
              return shapes(c, {x[0], c.heads, x[1], keys}, x[2], 1 + x[1] % 3);
            }};
  return row;
}

// The same scores, and their softmax.
Row matrix_row(const Case& c, bool weights) {
  Row row{.name = (weights ? "attention_weights_" : "attention_scores_") + c.variant,
          .op = weights ? "attention_weights(Heads, Heads, AttentionOptions)"
                        : "attention_scores(Heads, Heads, AttentionOptions)",
          .call =
              [c, weights](const Tensors& x) {
                const Heads q = all(x[0], c.heads), k = all(x[1], c.pairs());
                const AttentionOptions options = with_bias(c, x);
                return weights ? heed::attention_weights(q, k, options)
                               : heed::attention_scores(q, k, options);
              },
          .formula =
              [c, weights](const Plains& x) {
                const Formula formula(c, x);
                return formula.over_pairs([&](Index b, Index h, Index i, Index j) {
                  return weights ? formula.weight(b, h, i, j) : formula.score(b, h, i, j);
                });
              },
          .shapes = shapes(c, {2, c.heads, 3, 4}, 2, 1)};
  row.shapes.erase(row.shapes.begin() + 2);  // the values
  return row;
}

std::vector<Case> attention_cases() {
  // Query 1 sees no key at all.
  const heed::Mask mask(Shape{3, 4}, {1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0});
  const AttentionOptions from_start{.causal = true, .alignment = Alignment::upper_left};
  const auto pairs = [](const Shape& s) { return s; };
  const auto by_head = [](const Shape& s) { return Shape{s[1], s[2], s[3]}; };
  const auto by_key = [](const Shape& s) { return Shape{s[1], 1, s[3]}; };
  const auto by_batch = [](const Shape& s) { return Shape{s[0], 1, s[2], 1}; };
  const auto one = [](const Shape&) { return Shape(); };
  return {{"full", {}},
          {"scaled", {.scale = 0.3}},
          {"causal", {.causal = true}},
          {"window", {.window = 1}},
          {"causal_window", {.causal = true, .window = 1}},
          {"masked", {.visible = mask}},
          {"packed", {}, true},
          {"packed_causal", {.causal = true}, true},
          {"one_head", {.causal = true}, false, 1},
          {"bias", {}, false, 2, 0, pairs},
          {"bias_by_head", {}, false, 2, 0, by_head},
          {"bias_by_key", {.causal = true}, false, 2, 0, by_key},
          {"bias_by_batch", {}, false, 2, 0, by_batch},
          {"bias_scalar", {}, true, 2, 0, one},
          {"bias_masked", {.visible = mask}, false, 2, 0, by_head},
          {"bias_packed", {.window = 2}, true, 2, 0, by_head},
          {"grouped", {}, false, 4, 2},
          {"multi_query", {.causal = true}, false, 3, 1},
          {"grouped_bias", {.softcap = 2}, false, 4, 2, by_key},
          {"softcap", {.scale = 1.5, .softcap = 1.2}},
          {"softcap_masked", {.visible = mask, .softcap = 3}},
          {"from_start", from_start},
          {"from_start_window", {.window = 1, .alignment = Alignment::upper_left}},
          {"lengths", {.key_lengths = {3, 0}}},
          {"lengths_causal", {.causal = true, .key_lengths = {4, 2}}},
          {"lengths_from_start",
           {.causal = true, .alignment = Alignment::upper_left, .key_lengths = {1, 4}}}};
}

}  // namespace

std::vector<Row> attention_rows() {
  std::vector<Row> rows;
  for (const Case& c : attention_cases()) rows.push_back(attention_row(c));
  const Case capped{
      "capped", {.softcap = 1.5}, false, 4, 2, [](const Shape& s) {
                      return Shape{s[1], 1, s[3]}; }};
  rows.push_back(matrix_row({"plain", {.scale = 0.4}}, false));
  rows.push_back(matrix_row(capped, false));
  rows.push_back(matrix_row(capped, true));
  rows.push_back(matrix_row({"causal", {.causal = true, .key_lengths = {3, 1}}}, true));
  return rows;
}

}  // namespace heed_test
