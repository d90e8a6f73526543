#include "autograd/kernels/attention.h"

#include <algorithm>
#include <cmath>

#include "autograd/kernels/attention_rows.h"
#include "autograd/kernels/attention_tiles.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/rows.h"
#include "autograd/storage.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

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

// Runs pass(careful), which makes the result of a head. What is hidden has a weight of 0, and what
// was finite stays so; but a hidden NaN or infinity makes NaN of that 0. When the result says so,
// it is made again without touching what is hidden.
template <class Pass, class Finite>
void run_as_careful_as_needed(const AttentionPlan& plan, Pass pass, Finite finite) {
  pass(false);
  if (plan.hides_something() && !finite()) pass(true);
}

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
  const Pointer<Storage> memory = allocate(threads() * measure.taken());
  Real* const start = memory->data;
  parallel_for((all + together - 1) / std::max<Index>(1, together), [&](Index tile) {
    Room room(start + thread_slot() * measure.taken());
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
  Real* keys_turned;
  Real* values_turned;
  Real* keys;
  Real* dq;
  Real* dk;
  Real* dv;

  BackwardArrays(const AttentionPlan& plan, Room& room)
      : tile(tile_sizes(plan)),
        weights(room.take(tile.queries * tile.keys)),
        scores(room.take(tile.queries * tile.keys)),
        means(room.take(tile.queries)),
        queries(room.take(tile.queries * plan.size)),
        cotangents(room.take(tile.queries * plan.value_size)),
        keys_turned(room.take(Columns::room(plan, plan.size, tile.keys))),
        values_turned(room.take(Columns::room(plan, plan.value_size, tile.keys))),
        keys(room.take(worth_copying(plan) ? plan.keys * plan.size : 0)),
        dq(room.take(plan.queries * plan.size)),
        dk(room.take(plan.keys * plan.size)),
        dv(room.take(plan.keys * plan.value_size)) {}
};

// One head of the backward pass.
class BackwardHead {
 public:
  BackwardHead(const AttentionPlan& plan, const AttentionInputs& in, const AttentionOutputs& made,
               const AttentionGradients& out, const BackwardArrays& at, Index b, Index h)
      : plan_(plan),
        at_(at),
        b_(b),
        h_(h),
        sums_(made.sums),
        q_(in.q.head(b, h)),
        k_(at.keys ? gather(in.k.head(b, h), plan.keys, at.keys) : in.k.head(b, h)),
        g_(made.g.head(b, h)),
        y_(made.y.head(b, h)),
        keys_(k_, plan.keys, at.tile.keys, at.keys_turned),
        values_(in.v.head(b, h), plan.keys, at.tile.keys, at.values_turned),
        dq_(out.q.head(b, h), plan.queries, at.dq),
        dk_(out.k.head(b, h), plan.keys, at.dk),
        dv_(out.v.head(b, h), plan.keys, at.dv) {}

  void run(bool careful) const {
    dq_.clear();
    dk_.clear();
    dv_.clear();
    const Head head(plan_, at_.tile, b_, h_, careful);
    head.for_blocks([&](Index first, Index count) { run_block(head, first, count); });
  }

  bool finite() const { return dq_.finite() && dk_.finite() && dv_.finite(); }

  void finish(bool add) const {
    dq_.finish(add);
    dk_.finish(add);
    dv_.finish(add);
  }

 private:
  void run_block(const Head& head, Index first, Index count) const {
    const Real* const largest = sums_.largest + head.first_row() + first;
    const Real* const total = sums_.total + head.first_row() + first;
    const Rows<const Real> queries = gather(q_.from(first), count, at_.queries);
    const Rows<const Real> cotangents = gather(g_.from(first), count, at_.cotangents);
    for (Index r = 0; r < count; ++r) at_.means[r] = dot(cotangents[r], y_[first + r], y_.size);
    head.for_tiles(first, count, [&](const Tile& tile) {
      const Index n = tile.keys;
      multiply(head, tile, plan_.scale, queries, keys_, minus_infinity, at_.weights);
      for (Index r = 0; r < count; ++r) make_weights(at_.weights + r * n, n, largest[r], total[r]);
      if (dv_.wanted()) scatter(tile, at_.weights, 1, cotangents, dv_.rows());
      if (!dq_.wanted() && !dk_.wanted()) return;
      multiply(head, tile, 1, cotangents, values_, 0, at_.scores);
      for (Index r = 0; r < count; ++r) {
        softmax_gradient_row(at_.weights + r * n, at_.scores + r * n, at_.means[r],
                             at_.scores + r * n, n);
      }
      if (dq_.wanted()) combine(tile, at_.scores, plan_.scale, k_, 1, dq_.rows().from(first));
      if (dk_.wanted()) scatter(tile, at_.scores, plan_.scale, queries, dk_.rows());
    });
  }

  const AttentionPlan& plan_;
  const BackwardArrays& at_;
  Index b_, h_;
  SoftmaxSums<const Real> sums_;
  Rows<const Real> q_, k_, g_, y_;
  Columns keys_, values_;
  TokenSums dq_, dk_, dv_;
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
    const Rows<const Real> q = in.q.head(b, h);
    const Columns keys(in.k.head(b, h), plan.keys, at.tile.keys, at.keys);
    const Rows<const Real> lying = in.v.head(b, h);
    const Rows<const Real> v = at.values ? gather(lying, plan.keys, at.values) : lying;
    const Rows<Real> result = y.head(b, h);
    const auto pass = [&](bool careful) {
      const Head head(plan, at.tile, b, h, careful);
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
          const Lane factor(total[r] != 0 ? 1 / total[r] : 0);
          for_lanes(block.size, [&](Index i, Index n) {
            store_lane(load_lane(block[r] + i, n) * factor, result[first + r] + i, n);
          });
        }
      });
    };
    run_as_careful_as_needed(plan, pass, [&] {
      return all_finite({result.data, result.stride, result.size}, plan.queries);
    });
  });
}

void attention_backward(const AttentionPlan& plan, const AttentionInputs& in,
                        const AttentionOutputs& made, const AttentionGradients& out,
                        Shared shared) {
  for_heads<BackwardArrays>(
      plan, shared == Shared::heads, [&](Index b, Index h, const BackwardArrays& at) {
        const BackwardHead head(plan, in, made, out, at, b, h);
        run_as_careful_as_needed(
            plan, [&](bool careful) { head.run(careful); }, [&] { return head.finite(); });
        head.finish(shared != Shared::nothing);
      });
}

}  // namespace heed::inline HEED_REAL
