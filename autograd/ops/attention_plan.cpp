#include "autograd/ops/attention_plan.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

#include "autograd/errors.h"
#include "autograd/score_axes.h"

namespace heed::inline HEED_REAL {
namespace {

template <class Error = ShapeError, class... Numbers>
[[noreturn]] void refuse(const char* op, fmt::format_string<Numbers...> text,
                         Numbers&&... numbers) {
  throw Error(fmt::format("[{}] {}", op, fmt::format(text, std::forward<Numbers>(numbers)...)));
}

void check_heads(const char* op, const char* name, const Heads& x) {
  const Shape& shape = x.source.shape();
  if (shape.rank() != 3) refuse(op, "{} must be (B, T, C), got {}", name, shape.str());
  // Divided, not multiplied: sizes from a file may be such that the product wraps around.
  if (x.heads < 1 || x.size < 1 || x.offset < 0 || x.offset > shape[-1] ||
      x.size > (shape[-1] - x.offset) / x.heads) {
    refuse(op, "{} heads of size {} from {} on do not lie inside the last axis of {} {}", x.heads,
           x.size, x.offset, name, shape.str());
  }
}

void check_lengths(const char* op, const std::vector<Index>& lengths, Index batch, Index keys) {
  if (lengths.empty()) return;
  if (std::ssize(lengths) != batch) {
    refuse(op, "{} key_lengths for a batch of {}", lengths.size(), batch);
  }
  for (std::size_t row = 0; row < lengths.size(); ++row) {
    if (lengths[row] < 0 || lengths[row] > keys) {
      refuse<ValueError>(op, "key_lengths of row {} must be within 0 and {}: {}", row, keys,
                         lengths[row]);
    }
  }
}

}  // namespace

void check_queries_and_keys(const char* op, const Heads& q, const Heads& k,
                            const AttentionOptions& options) {
  check_heads(op, "q", q);
  check_heads(op, "k", k);
  if (k.source.dim(0) != q.source.dim(0)) {
    refuse(op, "batches differ: q {}, k {}", q.source.shape().str(), k.source.shape().str());
  }
  if (q.heads % k.heads != 0) {
    refuse(op, "q has {} heads, k {}\nhint: heads of keys must divide those of queries", q.heads,
           k.heads);
  }
  if (k.size != q.size) refuse(op, "heads of q have size {}, of k {}", q.size, k.size);
  if (options.window < -1) {
    refuse<ValueError>(op, "a window of {} is negative\nhint: -1 is no window", options.window);
  }
  if (!(options.softcap >= 0 && std::isfinite(options.softcap))) {
    refuse<ValueError>(op, "softcap must be positive, or 0 for none: {}", options.softcap);
  }
  check_lengths(op, options.key_lengths, k.source.dim(0), k.source.dim(1));
}

void check_values(const char* op, const Heads& k, const Heads& v) {
  check_heads(op, "v", v);
  const std::string shapes =
      fmt::format("k {}, v {}", k.source.shape().str(), v.source.shape().str());
  if (v.source.dim(0) != k.source.dim(0)) refuse(op, "batches differ: {}", shapes);
  if (v.source.dim(1) != k.source.dim(1)) refuse(op, "k and v differ in length: {}", shapes);
  if (v.heads != k.heads) refuse(op, "k has {} heads, v {}", k.heads, v.heads);
}

AttentionPlan attention_plan(const char* op, const Heads& q, const Heads& k, Index value_size,
                             const AttentionOptions& options) {
  const double scale =
      options.scale != 0 ? options.scale : 1 / std::sqrt(static_cast<double>(q.size));
  AttentionPlan plan{.batch = q.source.dim(0),
                     .heads = q.heads,
                     .queries = q.source.dim(1),
                     .keys = k.source.dim(1),
                     .size = q.size,
                     .value_size = value_size,
                     .scale = static_cast<Real>(scale),
                     .causal = options.causal,
                     .window = options.window,
                     .mask = std::nullopt,
                     .sharing = q.heads / k.heads,
                     .softcap = static_cast<Real>(options.softcap),
                     .from_start = options.alignment == Alignment::upper_left,
                     .key_lengths = options.key_lengths};
  const Shape scores{plan.batch, plan.heads, plan.queries, plan.keys};
  if (options.visible.defined()) {
    check_mask_over_scores(op, options.visible, scores);
    plan.mask.emplace(options.visible, scores, op);
  }
  if (options.bias.defined()) check_over_scores(op, "bias", options.bias.shape(), scores);
  return plan;
}

}  // namespace heed::inline HEED_REAL
