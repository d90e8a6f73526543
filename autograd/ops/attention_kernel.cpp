#include "autograd/ops/attention_kernel.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops/attention_rows.h"
#include "autograd/ops/attention_tiles.h"
#include "autograd/ops/gemm.h"
#include "autograd/ops/rows.h"
#include "autograd/tensor.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

bool all_finite(const HeadRows<const Real>& heads, Index b, Index h) {
  const Rows<const Real> rows = heads.head(b, h);
  Lane zeros;  // 0 * x is NaN for a NaN or an infinity
  for (Index t = 0; t < heads.tokens; ++t) {
    for_lanes(rows.size,
              [&](Index i, Index count) { zeros += load_lane(rows[t] + i, count) * Lane(0.0); });
  }
  return sum_of(zeros) == 0;
}

// result (queries, keys) = alpha * block * columns, with `hidden` where a query does not see. The
// block holds the rows of the tile's queries.
void multiply(const Head& head, const Tile& tile, Real alpha, const Rows<const Real>& block,
              const Columns& columns, Real hidden, Real* result) {
  gemm(tile.queries, tile.keys, block.size, alpha, {block.data, block.stride},
       columns.from(tile.key), 0, result, tile.keys);
  head.hide(tile, hidden, result);
}

// block = beta * block + alpha * matrix * from[keys].
void combine(const Tile& tile, const Real* matrix, Real alpha, const Rows<const Real>& from,
             Real beta, const Rows<Real>& block) {
  gemm(tile.queries, block.size, tile.keys, alpha, {matrix, tile.keys},
       {from[tile.key], from.stride}, beta, block.data, block.stride);
}

// to[keys] += alpha * matrix^T * block.
void scatter(const Tile& tile, const Real* matrix, Real alpha, const Rows<const Real>& block,
             const Rows<Real>& to) {
  gemm(tile.keys, to.size, tile.queries, alpha, {matrix, tile.keys, true},
       {block.data, block.stride}, 1, to[tile.key], to.stride);
}

// Takes a row of scores into the sums of its query. The row becomes e^(score - largest); what was
// combined before, in y, is brought to a new largest score.
void add_to_sums(Real* row, Index n, Real& largest, Real& total, Real* y, Index size) {
  const Real top = max_of_row(row, n);
  if (top == minus_infinity) {
    std::fill_n(row, n, Real{0});
    return;
  }
  if (!(top <= largest)) {  // also when it is NaN
    if (largest != minus_infinity) {
      const Real factor = std::exp(largest - top);
      total *= factor;
      scale_row(factor, y, size);
    }
    largest = top;
  }
  total += exp_row(row, largest, row, n);
}

// A row of scores becomes a row of weights.
void make_weights(Real* row, Index n, Real largest, Real total) {
  if (total == 0) {
    std::fill_n(row, n, Real{0});
    return;
  }
  const Lane shift(largest), factor(1 / total);
  for_lanes(n, [&](Index i, Index count) {
    store_lane(exp(load_lane(row + i, count) - shift) * factor, row + i, count);
  });
}

// Cuts the memory of one head into the arrays that its pass works in. Made once without memory, to
// learn how much that is.
class Room {
 public:
  explicit Room(Real* memory) : memory_(memory) {}
  Real* take(Index numbers) {
    Real* const here = memory_ ? memory_ + taken_ : nullptr;
    taken_ += rounded_up(numbers, 16);
    return numbers > 0 ? here : nullptr;
  }
  Index taken() const { return taken_; }

 private:
  Real* memory_;
  Index taken_ = 0;
};

// work(b, h, arrays) for every head; as many heads together as make it worth a thread.
template <class Arrays, class Work>
void for_heads(const AttentionPlan& plan, bool shared_heads, Work work) {
  constexpr Index enough = Index{1} << 17;  // multiply-adds
  const Index cost = plan.queries * plan.keys * (plan.size + plan.value_size);
  const Index together =
      shared_heads ? plan.heads : std::max<Index>(1, enough / std::max<Index>(1, cost));
  const Index all = plan.batch * plan.heads;
  Room measure(nullptr);
  Arrays(plan, measure);
  const Index slots = threads();  // tiles that run at once differ in tile % threads()
  Tensor memory = Tensor::empty({slots, measure.taken()});
  Real* const start = memory.mutable_data();
  parallel_for((all + together - 1) / std::max<Index>(1, together), [&](Index tile) {
    Room room(start + tile % slots * measure.taken());
    const Arrays arrays(plan, room);
    const Index last = std::min(all, (tile + 1) * together);
    for (Index i = tile * together; i < last; ++i) work(i / plan.heads, i % plan.heads, arrays);
  });
}

struct ForwardArrays {
  TileSizes tile;
  Real* scores;
  Real* queries;  // of a block
  Real* result;   // of a block
  Real* keys;     // turned round
  Real* values;

  ForwardArrays(const AttentionPlan& plan, Room& room)
      : tile(tile_sizes(plan)),
        scores(room.take(tile.queries * tile.keys)),
        queries(room.take(tile.queries * plan.size)),
        result(room.take(tile.queries * plan.value_size)),
        keys(room.take(Columns::room(plan, plan.size, tile.keys))),
        values(room.take(worth_copying(plan) ? plan.keys * plan.value_size : 0)) {}
};

struct BackwardArrays {
  TileSizes tile;
  Real* weights;
  Real* scores;      // their gradients
  Real* means;       // of g over y, for each query of a block
  Real* queries;     // of a block
  Real* cotangents;  // of a block
  Real* dq;          // of a block
  Real* keys_turned;
  Real* values_turned;
  Real* keys;
  Real* dk;
  Real* dv;

  BackwardArrays(const AttentionPlan& plan, Room& room)
      : tile(tile_sizes(plan)),
        weights(room.take(tile.queries * tile.keys)),
        scores(room.take(tile.queries * tile.keys)),
        means(room.take(tile.queries)),
        queries(room.take(tile.queries * plan.size)),
        cotangents(room.take(tile.queries * plan.value_size)),
        dq(room.take(tile.queries * plan.size)),
        keys_turned(room.take(Columns::room(plan, plan.size, tile.keys))),
        values_turned(room.take(Columns::room(plan, plan.value_size, tile.keys))),
        keys(room.take(worth_copying(plan) ? plan.keys * plan.size : 0)),
        dk(room.take(worth_copying(plan) ? plan.keys * plan.size : 0)),
        dv(room.take(worth_copying(plan) ? plan.keys * plan.value_size : 0)) {}
};

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

void attention_forward(const AttentionPlan& plan, const AttentionInputs& in, HeadRows<Real> y,
                       SoftmaxSums<Real> sums) {
  for_heads<ForwardArrays>(plan, false, [&](Index b, Index h, const ForwardArrays& at) {
    const bool careful =
        plan.hides_something() && !(all_finite(in.k, b, h) && all_finite(in.v, b, h));
    const Head head(plan, at.tile, b, h, careful);
    const Rows<const Real> q = in.q.head(b, h);
    const Columns keys(in.k.head(b, h), plan.keys, at.tile.keys, at.keys);
    const Rows<const Real> lying = in.v.head(b, h);
    const Rows<const Real> v = at.values ? gather(lying, plan.keys, at.values) : lying;
    const Rows<Real> result = y.head(b, h);
    head.for_blocks([&](Index first, Index count) {
      Real* const largest = sums.largest + head.first_row() + first;
      Real* const total = sums.total + head.first_row() + first;
      std::fill_n(largest, count, minus_infinity);
      std::fill_n(total, count, Real{0});
      const Rows<const Real> queries = gather(q.from(first), count, at.queries);
      const Rows<Real> block{at.result, plan.value_size, plan.value_size};
      std::fill_n(block.data, count * block.size, Real{0});
      Real beta = 0;
      head.for_tiles(first, count, [&](const Tile& tile) {
        multiply(head, tile, plan.scale, queries, keys, minus_infinity, at.scores);
        for (Index r = 0; r < count; ++r) {
          add_to_sums(at.scores + r * tile.keys, tile.keys, largest[r], total[r], block[r],
                      block.size);
        }
        combine(tile, at.scores, 1, v, beta, block);
        beta = 1;
      });
      for (Index r = 0; r < count; ++r) {
        if (total[r] != 0) scale_row(1 / total[r], block[r], block.size);
        std::copy_n(block[r], block.size, result[first + r]);
      }
    });
  });
}

void attention_backward(const AttentionPlan& plan, const AttentionInputs& in,
                        const AttentionOutputs& made, const AttentionGradients& out,
                        bool shared_heads) {
  for_heads<BackwardArrays>(plan, shared_heads, [&](Index b, Index h, const BackwardArrays& at) {
    const bool careful =
        plan.hides_something() && !(all_finite(in.q, b, h) && all_finite(in.k, b, h) &&
                                    all_finite(in.v, b, h) && all_finite(made.g, b, h));
    const Head head(plan, at.tile, b, h, careful);
    const Rows<const Real> lying = in.k.head(b, h), q = in.q.head(b, h);
    const Rows<const Real> k = at.keys ? gather(lying, plan.keys, at.keys) : lying;
    const Rows<const Real> g = made.g.head(b, h), y = made.y.head(b, h);
    const Columns keys(k, plan.keys, at.tile.keys, at.keys_turned);
    const Columns values(in.v.head(b, h), plan.keys, at.tile.keys, at.values_turned);
    const TokenSums dk(out.k.head(b, h), plan.keys, at.dk), dv(out.v.head(b, h), plan.keys, at.dv);
    head.for_blocks([&](Index first, Index count) {
      const Real* const largest = made.sums.largest + head.first_row() + first;
      const Real* const total = made.sums.total + head.first_row() + first;
      const Rows<const Real> queries = gather(q.from(first), count, at.queries);
      const Rows<const Real> cotangents = gather(g.from(first), count, at.cotangents);
      for (Index r = 0; r < count; ++r) at.means[r] = dot(cotangents[r], y[first + r], y.size);
      const Rows<Real> dq{at.dq, plan.size, plan.size};
      std::fill_n(dq.data, count * dq.size, Real{0});
      head.for_tiles(first, count, [&](const Tile& tile) {
        const Index n = tile.keys;
        multiply(head, tile, plan.scale, queries, keys, minus_infinity, at.weights);
        for (Index r = 0; r < count; ++r) make_weights(at.weights + r * n, n, largest[r], total[r]);
        if (dv.wanted()) scatter(tile, at.weights, 1, cotangents, dv.rows());
        if (!out.q.data && !dk.wanted()) return;
        multiply(head, tile, 1, cotangents, values, 0, at.scores);
        for (Index r = 0; r < count; ++r) {
          softmax_gradient_row(at.weights + r * n, at.scores + r * n, at.means[r],
                               at.scores + r * n, n);
        }
        if (out.q.data) combine(tile, at.scores, plan.scale, k, 1, dq);
        if (dk.wanted()) scatter(tile, at.scores, plan.scale, queries, dk.rows());
      });
      if (out.q.data) {
        add_rows({dq.data, dq.stride, dq.size}, count, out.q.head(b, h).from(first));
      }
    });
    dk.finish();
    dv.finish();
  });
}

}  // namespace heed::inline HEED_REAL
