#include "autograd/ops/attention_kernel.h"

#include <algorithm>
#include <vector>

#include "autograd/ops/gemm.h"
#include "autograd/ops/rows.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// Queries of a block. Small blocks skip more of what causality and windows hide, large ones make
// better matrix products; the scores of a block should stay in the second level cache.
Index block_queries(const AttentionPlan& plan) {
  constexpr Index scores = Index{1} << 16;
  const Index fitting = std::clamp<Index>(scores / std::max<Index>(1, plan.keys), 16, 64);
  if (plan.window >= 0) return std::clamp<Index>(plan.window, 8, fitting);
  return plan.causal ? std::min<Index>(fitting, 32) : fitting;
}

bool all_finite(const HeadRows<const Real>& heads, Index b, Index h) {
  const Rows<const Real> rows = heads.head(b, h);
  Lane zeros;  // 0 * x is NaN for a NaN or an infinity
  for (Index t = 0; t < heads.tokens; ++t) {
    for_lanes(rows.size, [&](Index i, Index count) {
      zeros += load_lane(rows[t] + i, count) * Lane(0.0);
    });
  }
  return sum_of(zeros) == 0;
}

// Weights of one block of queries, and the gradients of its scores.
class Block {
 public:
  Block(const AttentionPlan& plan, Index b, Index h) : plan_(plan), b_(b), h_(h) {}

  // With `careful`, for a single query, keys that it does not see are never touched: a hidden
  // weight of 0 would still make NaN of a hidden NaN.
  void start(Index first, Index count, bool careful) {
    first_ = first;
    count_ = count;
    keys_ = {plan_.range(first).first, plan_.range(first + count - 1).last};
    spans_.clear();
    if (careful && plan_.mask) {
      add_visible_runs();
    } else {
      spans_.push_back(keys_);
    }
  }

  // softmax(scale q k^T) over the visible keys, 0 elsewhere.
  void make_weights(const Rows<const Real>& q, const Rows<const Real>& k) {
    weights_.resize(static_cast<std::size_t>(count_ * keys_.size()));
    multiply(q, k, plan_.scale, weights_);
    for_rows(weights_, minus_infinity, [](Index, Real* row, Index n) { softmax_row(row, row, n); });
  }

  // The gradient of the scores, from the cotangent g of y and the values.
  void make_score_gradients(const Rows<const Real>& g, const Rows<const Real>& v) {
    gradients_.resize(weights_.size());
    multiply(g, v, 1, gradients_);
    for_rows(gradients_, 0, [&](Index at, Real* row, Index n) {
      softmax_gradient_row(weights_.data() + at, row, row, n);
    });
  }

  // to[queries] = beta * to[queries] + alpha * matrix * from[keys].
  void combine(const std::vector<Real>& matrix, Real alpha, const Rows<const Real>& from, Real beta,
               const Rows<Real>& to) const {
    for (const KeyRange& span : spans_) {
      gemm(count_, to.size, span.size(), alpha, {matrix.data() + column(span), keys_.size()},
           {from[span.first], from.stride}, beta, to[first_], to.stride);
      beta = 1;
    }
  }

  // to[keys] += alpha * matrix^T * from[queries].
  void scatter(const std::vector<Real>& matrix, Real alpha, const Rows<const Real>& from,
               const Rows<Real>& to) const {
    for (const KeyRange& span : spans_) {
      gemm(span.size(), to.size, count_, alpha,
           {matrix.data() + column(span), keys_.size(), true}, {from[first_], from.stride}, 1,
           to[span.first], to.stride);
    }
  }

  const std::vector<Real>& weights() const { return weights_; }
  const std::vector<Real>& score_gradients() const { return gradients_; }

 private:
  // result = alpha * a[queries] * b[keys]^T.
  void multiply(const Rows<const Real>& a, const Rows<const Real>& b, Real alpha,
                std::vector<Real>& result) const {
    for (const KeyRange& span : spans_) {
      gemm(count_, span.size(), a.size, alpha, {a[first_], a.stride},
           {b[span.first], b.stride, true}, 0, result.data() + column(span), keys_.size());
    }
  }

  const std::uint8_t* mask_row(Index query) const {
    return plan_.mask->row((b_ * plan_.heads + h_) * plan_.queries + query);
  }

  void add_visible_runs() {
    const std::uint8_t* visible = mask_row(first_);
    KeyRange run{keys_.first, keys_.first};
    for (Index j = keys_.first; j < keys_.last; ++j) {
      if (visible[j]) {
        run.last = j + 1;
        continue;
      }
      if (run.size() > 0) spans_.push_back(run);
      run = {j + 1, j + 1};
    }
    // A query that sees nothing keeps one empty run, so that its output is written.
    if (run.size() > 0 || spans_.empty()) spans_.push_back(run);
  }

  // Where in a row of the block a run of keys begins.
  Index column(const KeyRange& span) const { return span.first - keys_.first; }

  // work(place, row, n) on every row of the block, with `hidden` where its query does not see.
  template <class Work>
  void for_rows(std::vector<Real>& matrix, Real hidden, Work work) {
    const Index n = keys_.size();
    for (Index r = 0; r < count_; ++r) {
      const KeyRange seen = plan_.range(first_ + r);
      Real* row = matrix.data() + r * n;
      std::fill(row, row + column(seen), hidden);
      std::fill(row + column(seen) + seen.size(), row + n, hidden);
      if (plan_.mask) hide_row(mask_row(first_ + r) + keys_.first, row, hidden, row, n);
      work(r * n, row, n);
    }
  }

  const AttentionPlan& plan_;
  Index b_, h_;
  Index first_ = 0;
  Index count_ = 0;
  KeyRange keys_;                // that any query of the block sees
  std::vector<KeyRange> spans_;  // of these, what the products touch
  std::vector<Real> weights_, gradients_;
};

// work(b, h) for every head; a tile is as many heads as make it worth a thread.
template <class Work>
void for_heads(const AttentionPlan& plan, bool shared_heads, Work work) {
  constexpr Index enough = Index{1} << 17;  // multiply-adds
  const Index cost = plan.queries * plan.keys * (plan.size + plan.value_size);
  const Index together =
      shared_heads ? plan.heads : std::max<Index>(1, enough / std::max<Index>(1, cost));
  const Index all = plan.batch * plan.heads;
  parallel_for((all + together - 1) / std::max<Index>(1, together), [&](Index tile) {
    const Index last = std::min(all, (tile + 1) * together);
    for (Index i = tile * together; i < last; ++i) work(i / plan.heads, i % plan.heads);
  });
}

template <class Work>
void for_blocks(const AttentionPlan& plan, Index b, Index h, bool careful, Work work) {
  Block block(plan, b, h);
  const Index step = careful ? 1 : block_queries(plan);
  for (Index first = 0; first < plan.queries; first += step) {
    block.start(first, std::min(step, plan.queries - first), careful);
    work(block);
  }
}

}  // namespace

KeyRange AttentionPlan::range(Index query) const {
  const Index here = query + keys - queries;
  KeyRange range{0, keys};
  if (causal) range.last = here + 1;
  if (window >= 0) {
    range.first = here - std::min(window, keys + queries);
    range.last = std::min(range.last, here + 1 + std::min(window, keys + queries));
  }
  range.first = std::clamp<Index>(range.first, 0, keys);
  range.last = std::clamp<Index>(range.last, 0, keys);
  return range;
}

Index AttentionPlan::pairs() const {
  Index sum = 0;
  for (Index i = 0; i < queries; ++i) sum += range(i).size();
  return sum * batch * heads;
}

void attention_forward(const AttentionPlan& plan, const AttentionInputs& in, HeadRows<Real> y) {
  for_heads(plan, false, [&](Index b, Index h) {
    const bool careful =
        plan.hides_something() && !(all_finite(in.k, b, h) && all_finite(in.v, b, h));
    const Rows<Real> result = y.head(b, h);
    for_blocks(plan, b, h, careful, [&](Block& block) {
      block.make_weights(in.q.head(b, h), in.k.head(b, h));
      block.combine(block.weights(), 1, in.v.head(b, h), 0, result);
    });
  });
}

void attention_backward(const AttentionPlan& plan, const AttentionInputs& in,
                        HeadRows<const Real> g, const AttentionGradients& out, bool shared_heads) {
  for_heads(plan, shared_heads, [&](Index b, Index h) {
    const bool careful =
        plan.hides_something() && !(all_finite(in.q, b, h) && all_finite(in.k, b, h) &&
                                    all_finite(in.v, b, h) && all_finite(g, b, h));
    const Rows<const Real> q = in.q.head(b, h);
    const Rows<const Real> k = in.k.head(b, h);
    const Rows<const Real> cotangent = g.head(b, h);
    for_blocks(plan, b, h, careful, [&](Block& block) {
      block.make_weights(q, k);
      if (out.v.data) block.scatter(block.weights(), 1, cotangent, out.v.head(b, h));
      if (!out.q.data && !out.k.data) return;
      block.make_score_gradients(cotangent, in.v.head(b, h));
      if (out.q.data) {
        block.combine(block.score_gradients(), plan.scale, k, 1, out.q.head(b, h));
      }
      if (out.k.data) block.scatter(block.score_gradients(), plan.scale, q, out.k.head(b, h));
    });
  });
}

}  // namespace heed::inline HEED_REAL
