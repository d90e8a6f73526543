// Dot-product attention in plain operations: its scores, its weights, and the twin of the fused op.
#include <limits>
#include <utility>
#include <vector>

#include "autograd/ops.h"
#include "autograd/ops/attention_plan.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double hidden_score = -std::numeric_limits<double>::infinity();

// (B, heads, T, size), each head `times` times in a row.
Tensor split(const Heads& x, Index times) {
  const Tensor part = slice(x.source, -1, x.offset, x.offset + x.heads * x.size);
  const Index batch = part.dim(0), tokens = part.dim(1);
  const Tensor heads = permute(reshape(part, {batch, tokens, x.heads, x.size}), {0, 2, 1, 3});
  if (times == 1) return heads;
  const Tensor apart = reshape(heads, {batch, x.heads, 1, tokens, x.size});
  return reshape(expand(apart, {batch, x.heads, times, tokens, x.size}),
                 {batch, x.heads * times, tokens, x.size});
}

// What causality, window and lengths leave to see: (Tq, Tk), or (B, 1, Tq, Tk) by lengths.
Mask band_of(const AttentionPlan& plan) {
  const Index different = plan.key_lengths.empty() ? 1 : plan.batch;
  std::vector<std::uint8_t> values(static_cast<std::size_t>(different * plan.queries * plan.keys));
  for (Index b = 0; b < different; ++b) {
    for (Index i = 0; i < plan.queries; ++i) {
      const KeyRange range = plan.range(b, i);
      const Index row = (b * plan.queries + i) * plan.keys;
      for (Index j = range.first; j < range.last; ++j)
        values[static_cast<std::size_t>(row + j)] = 1;
    }
  }
  const Shape pairs{plan.queries, plan.keys};
  return {plan.key_lengths.empty() ? pairs : Shape{plan.batch, 1, plan.queries, plan.keys},
          std::move(values)};
}

// All that hides a key from a query, as one mask under (B, H, Tq, Tk) with both last axes in full;
// undefined when nothing does.
Mask visible_of(const AttentionPlan& plan, const AttentionOptions& options) {
  const bool hides_by_bias = options.bias.defined() && any(eq(options.bias.detach(), hidden_score));
  if (!plan.bounded() && !plan.mask && !hides_by_bias) return {};
  Mask visible = band_of(plan);
  if (options.visible.defined()) visible = visible & options.visible;
  if (hides_by_bias) visible = visible & ne(options.bias.detach(), hidden_score);
  return visible;
}

// x (B, H, Tk, size) with zeros for keys that no query sees: NaN in them would meet a weight of 0.
Tensor seen_only(const Tensor& x, const Mask& visible) {
  if (!visible.defined() || x.size() == 0) return x;
  const Shape by_key = visible.shape().erased(-2);  // (..., Tk)
  const Index keys = by_key[-1];
  const Index queries = visible.shape()[-2];
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(by_key.size()));
  for (Index i = 0; i < visible.size(); ++i) {
    const Index j = i / (queries * keys) * keys + i % keys;
    if (visible[i]) seen[static_cast<std::size_t>(j)] = 1;
  }
  return where(Mask(by_key.inserted(by_key.rank(), 1), std::move(seen)), x, 0.0);
}

// Before anything is hidden: (B, H, Tq, Tk).
Tensor scores_of(const AttentionPlan& plan, const Heads& q, const Heads& k,
                 const AttentionOptions& options, const Mask& visible) {
  const Tensor keys = seen_only(split(k, plan.sharing), visible);
  Tensor scores =
      matmul(split(q, 1), keys, {.transpose_b = true}) * static_cast<double>(plan.scale);
  if (options.softcap > 0) scores = tanh(scores / options.softcap) * options.softcap;
  if (!options.bias.defined()) return scores;
  // What it hides is in the mask, and -inf would make NaN of a gradient of 0.
  return scores + where(ne(options.bias.detach(), hidden_score), options.bias, 0.0);
}

Tensor weights_of(const AttentionPlan& plan, const Heads& q, const Heads& k,
                  const AttentionOptions& options, const Mask& visible) {
  const Tensor scores = scores_of(plan, q, k, options, visible);
  return visible.defined() ? twin::masked_softmax(scores, visible) : twin::softmax(scores);
}

}  // namespace

Tensor attention_scores(const Heads& q, const Heads& k, const AttentionOptions& options) {
  constexpr const char* op = "attention_scores";
  check_queries_and_keys(op, q, k, options);
  const AttentionPlan plan = attention_plan(op, q, k, 1, options);
  const Mask visible = visible_of(plan, options);
  const Tensor scores = scores_of(plan, q, k, options, visible);
  return visible.defined() ? where(visible, scores, hidden_score) : scores;
}

Tensor attention_weights(const Heads& q, const Heads& k, const AttentionOptions& options) {
  constexpr const char* op = "attention_weights";
  check_queries_and_keys(op, q, k, options);
  const AttentionPlan plan = attention_plan(op, q, k, 1, options);
  return weights_of(plan, q, k, options, visible_of(plan, options));
}

Tensor twin::dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                                   const AttentionOptions& options) {
  constexpr const char* op = "dot_product_attention";
  check_queries_and_keys(op, q, k, options);
  check_values(op, k, v);
  const AttentionPlan plan = attention_plan(op, q, k, v.size, options);
  const Mask visible = visible_of(plan, options);
  const Tensor weights = weights_of(plan, q, k, options, visible);
  const Tensor values = seen_only(split(v, plan.sharing), visible);
  const Tensor combined = matmul(weights, values);  // (B, H, Tq, size)
  return reshape(permute(combined, {0, 2, 1, 3}),
                 {plan.batch, plan.queries, plan.heads * plan.value_size});
}

}  // namespace heed::inline HEED_REAL
