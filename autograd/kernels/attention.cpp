#include "autograd/kernels/attention.h"

#include <algorithm>
#include <cmath>

#include "autograd/kernels/attention_rows.h"
#include "autograd/kernels/attention_tiles.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/rows.h"
#include "autograd/storage.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// result (queries, keys) = alpha * block * columns. The block holds the rows of the tile's queries.
void multiply(const Tile& tile, Real alpha, const Rows<const Real>& block, const Columns& columns,
              Real* result) {
  gemm(tile.queries, tile.keys, block.size, alpha, {block.data, block.stride},
       columns.from(tile.key), 0, result, tile.keys);
}

// x = cap * tanh(x), and into `slopes`, unless null, 1 - tanh(x)^2.
void cap_scores(Real cap, Index n, Real* x, Real* slopes) {
  for_lanes(n, [&](Index i, Index count) {
    const Lane t = tanh(load_lane(x + i, count));
    store_lane(Lane(cap) * t, x + i, count);
    if (slopes) store_lane(Lane(1) - t * t, slopes + i, count);
  });
}

// The scores of a tile, (queries, keys), -inf where a query does not see. Where they are capped,
// `slopes`, unless null, gets their derivative by the product of query and key.
void make_scores(const Head& head, const Tile& tile, const Rows<const Real>& queries,
                 const Columns& keys, Real* scores, Real* slopes) {
  const AttentionPlan& plan = head.plan();
  const bool capped = plan.softcap > 0;
  multiply(tile, capped ? plan.scale / plan.softcap : plan.scale, queries, keys, scores);
  if (capped) cap_scores(plan.softcap, tile.queries * tile.keys, scores, slopes);
  head.add_bias(tile, scores);
  head.hide(tile, minus_infinity, scores);
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

// x *= factors.
void multiply_rows(const Real* factors, Index n, Real* x) {
  for_lanes(n, [&](Index i, Index count) {
    store_lane(load_lane(x + i, count) * load_lane(factors + i, count), x + i, count);
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
void run_as_careful_as_needed(const AttentionPlan& plan, const AttentionInputs& in, Pass pass,
                              Finite finite) {
  pass(false);
  const bool hides = plan.bounded() || plan.mask || in.bias.data;
  if (hides && !finite()) pass(true);
}

// The heads that one thread takes one after the other, because they add to the same gradients.
struct Together {
  Index batch = 1;
  Index heads = 1;
};

Together together_of(const AttentionPlan& plan, const AttentionGradients& out, Shared shared) {
  Together together{1, shared == Shared::heads ? plan.heads : plan.sharing};
  if (out.bias.data && out.bias.batch == 0) together.batch = std::max<Index>(1, plan.batch);
  if (out.bias.data && out.bias.head == 0) together.heads = plan.heads;
  return together;
}

// work(b, h, arrays) for every head; as many heads together as make it worth a thread. `make` cuts
// the arrays out of a room.
template <class Make, class Work>
void for_heads(const AttentionPlan& plan, const Together& together, Make make, Work work) {
  constexpr Index enough = Index{1} << 17;  // multiply-adds
  const Index across = plan.heads / together.heads;
  const Index groups = plan.batch / together.batch * across;
  const Index cost =
      together.batch * together.heads * plan.queries * plan.keys * (plan.size + plan.value_size);
  Room measure(nullptr);
  make(measure);
  const Pointer<Storage> memory = allocate(threads() * measure.taken());
  for_pieces(groups, cost, enough, [&](Index first, Index last) {
    Room room(memory->data + thread_slot() * measure.taken());
    const auto arrays = make(room);
    for (Index group = first; group < last; ++group) {
      const Index b = group / across * together.batch, h = group % across * together.heads;
      for (Index i = 0; i < together.batch * together.heads; ++i) {
        work(b + i / together.heads, h + i % together.heads, arrays);
      }
    }
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
  Real* slopes;      // of capped scores
  Real* means;       // of g over y, for each query of a block
  Real* queries;     // of a block
  Real* cotangents;  // of a block
  Real* keys_turned;
  Real* values_turned;
  Real* keys;
  Real* dq;
  Real* dk;
  Real* dv;
  Real* bias;

  BackwardArrays(const AttentionPlan& plan, const AttentionGradients& out, Room& room)
      : tile(tile_sizes(plan)),
        weights(room.take(tile.queries * tile.keys)),
        scores(room.take(tile.queries * tile.keys)),
        slopes(room.take(plan.softcap > 0 ? tile.queries * tile.keys : 0)),
        means(room.take(tile.queries)),
        queries(room.take(tile.queries * plan.size)),
        cotangents(room.take(tile.queries * plan.value_size)),
        keys_turned(room.take(Columns::room(plan, plan.size, tile.keys))),
        values_turned(room.take(Columns::room(plan, plan.value_size, tile.keys))),
        keys(room.take(worth_copying(plan) ? plan.keys * plan.size : 0)),
        dq(room.take(plan.queries * plan.size)),
        dk(room.take(plan.keys * plan.size)),
        dv(room.take(plan.keys * plan.value_size)),
        bias(room.take(BiasSums::room(plan, out.bias))) {}
};

// One head of the backward pass.
class BackwardHead {
 public:
  BackwardHead(const AttentionPlan& plan, const AttentionInputs& in, const AttentionOutputs& made,
               const AttentionGradients& out, const BackwardArrays& at, Index b, Index h)
      : plan_(plan),
        in_(in),
        at_(at),
        b_(b),
        h_(h),
        pair_(h / plan.sharing),
        sums_(made.sums),
        q_(in.q.head(b, h)),
        k_(at.keys ? gather(in.k.head(b, pair_), plan.keys, at.keys) : in.k.head(b, pair_)),
        g_(made.g.head(b, h)),
        y_(made.y.head(b, h)),
        keys_(k_, plan.keys, at.tile.keys, at.keys_turned),
        values_(in.v.head(b, pair_), plan.keys, at.tile.keys, at.values_turned),
        dq_(out.q.head(b, h), plan.queries, at.dq),
        dk_(out.k.head(b, pair_), plan.keys, at.dk),
        dv_(out.v.head(b, pair_), plan.keys, at.dv),
        bias_(plan, out.bias.at(b, h), at.bias) {}

  void run(bool careful) const {
    dq_.clear();
    dk_.clear();
    dv_.clear();
    bias_.clear();
    const Head head(plan_, at_.tile, in_.bias, b_, h_, careful);
    head.for_blocks([&](Index first, Index count) { run_block(head, first, count); });
  }

  bool finite() const { return dq_.finite() && dk_.finite() && dv_.finite() && bias_.finite(); }

  void finish(bool add) const {
    dq_.finish(add);
    dk_.finish(add);
    dv_.finish(add);
    bias_.finish();
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
      make_scores(head, tile, queries, keys_, at_.weights, at_.slopes);
      for (Index r = 0; r < count; ++r) make_weights(at_.weights + r * n, n, largest[r], total[r]);
      if (dv_.wanted()) scatter(tile, at_.weights, 1, cotangents, dv_.rows());
      if (!dq_.wanted() && !dk_.wanted() && !bias_.wanted()) return;
      multiply(tile, 1, cotangents, values_, at_.scores);
      head.hide(tile, 0, at_.scores);
      for (Index r = 0; r < count; ++r) {
        Real* const gradient = at_.scores + r * n;
        softmax_gradient_row(at_.weights + r * n, gradient, at_.means[r], gradient, n);
        if (bias_.wanted()) bias_.add(first + r, tile.key, n, gradient);
      }
      if (at_.slopes) multiply_rows(at_.slopes, count * n, at_.scores);
      if (dq_.wanted()) combine(tile, at_.scores, plan_.scale, k_, 1, dq_.rows().from(first));
      if (dk_.wanted()) scatter(tile, at_.scores, plan_.scale, queries, dk_.rows());
    });
  }

  const AttentionPlan& plan_;
  const AttentionInputs& in_;
  const BackwardArrays& at_;
  Index b_, h_;
  Index pair_;  // the head of keys and values
  SoftmaxSums<const Real> sums_;
  Rows<const Real> q_, k_, g_, y_;
  Columns keys_, values_;
  TokenSums dq_, dk_, dv_;
  BiasSums bias_;
};

}  // namespace

KeyRange AttentionPlan::range(Index b, Index query) const {
  const Index end = key_lengths.empty() ? keys : key_lengths[static_cast<std::size_t>(b)];
  const Index here = from_start ? query : query + end - queries;
  KeyRange range{0, end};
  if (causal) range.last = here + 1;
  if (window >= 0) {
    range.first = here - std::min(window, keys + queries);
    range.last = std::min(range.last, here + 1 + std::min(window, keys + queries));
  }
  range.first = std::clamp<Index>(range.first, 0, end);
  range.last = std::clamp<Index>(range.last, 0, end);
  return range;
}

Index AttentionPlan::pairs() const {
  const Index different = key_lengths.empty() ? std::min<Index>(batch, 1) : batch;
  Index sum = 0;
  for (Index b = 0; b < different; ++b) {
    for (Index i = 0; i < queries; ++i) sum += range(b, i).size();
  }
  return sum * heads * (key_lengths.empty() ? batch : 1);
}

void attention_forward(const AttentionPlan& plan, const AttentionInputs& in, HeadRows<Real> y,
                       SoftmaxSums<Real> sums) {
  const auto arrays = [&](Room& room) { return ForwardArrays(plan, room); };
  for_heads(plan, {}, arrays, [&](Index b, Index h, const ForwardArrays& at) {
    const Index pair = h / plan.sharing;
    const Rows<const Real> q = in.q.head(b, h);
    const Columns keys(in.k.head(b, pair), plan.keys, at.tile.keys, at.keys);
    const Rows<const Real> lying = in.v.head(b, pair);
    const Rows<const Real> v = at.values ? gather(lying, plan.keys, at.values) : lying;
    const Rows<Real> result = y.head(b, h);
    const auto pass = [&](bool careful) {
      const Head head(plan, at.tile, in.bias, b, h, careful);
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
          make_scores(head, tile, queries, keys, at.scores, nullptr);
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
    run_as_careful_as_needed(plan, in, pass, [&] {
      return all_finite({result.data, result.stride, result.size}, plan.queries);
    });
  });
}

void attention_backward(const AttentionPlan& plan, const AttentionInputs& in,
                        const AttentionOutputs& made, const AttentionGradients& out,
                        Shared shared) {
  const auto arrays = [&](Room& room) { return BackwardArrays(plan, out, room); };
  const Together together = together_of(plan, out, shared);
  for_heads(plan, together, arrays, [&](Index b, Index h, const BackwardArrays& at) {
    const BackwardHead head(plan, in, made, out, at, b, h);
    run_as_careful_as_needed(
        plan, in, [&](bool careful) { head.run(careful); }, [&] { return head.finite(); });
    head.finish(shared != Shared::nothing || plan.sharing > 1);
  });
}

}  // namespace heed::inline HEED_REAL
