// The rows of a head, copied so that matrix products read and write them quickest. Internal.
#pragma once

#include <algorithm>

#include "autograd/ops/attention_kernel.h"
#include "autograd/ops/gemm.h"
#include "autograd/ops/rows.h"
#include "autograd/ops/strided_copy.h"

namespace heed::inline HEED_REAL {

inline Index rounded_up(Index n, Index step) { return (n + step - 1) / step * step; }

// For a few queries it would cost more to copy the keys of a head than it saves.
inline bool worth_copying(const AttentionPlan& plan) { return plan.queries >= 16; }

// The rows side by side. Where a token's heads lie together in a projection, rows of one head are
// so far apart that they push each other out of the cache.
inline Rows<const Real> gather(const Rows<const Real>& rows, Index count, Real* room) {
  for (Index t = 0; t < count; ++t) std::copy_n(rows[t], rows.size, room + t * rows.size);
  return {room, rows.size, rows.size};
}

inline void add_rows(const Rows<const Real>& rows, Index count, const Rows<Real>& to) {
  for (Index t = 0; t < count; ++t) {
    for_lanes(rows.size, [&](Index i, Index n) {
      store_lane(load_lane(to[t] + i, n) + load_lane(rows[t] + i, n), to[t] + i, n);
    });
  }
}

// The keys or values of a head as the right factor of a product, a column for each token. Turned
// round, tile by tile, they are what BLAS multiplies fastest.
class Columns {
 public:
  static Index room(const AttentionPlan& plan, Index size, Index tile) {
    return worth_copying(plan) ? rounded_up(plan.keys, tile) * size : 0;
  }

  // Without room they stay as they are, and BLAS reads them the other way round.
  Columns(const Rows<const Real>& rows, Index tokens, Index tile, Real* room)
      : rows_(rows), tile_(tile), turned_(room) {
    for (Index first = 0; room && first < tokens; first += tile) {
      strided_copy({rows.size, std::min(tile, tokens - first)}, room + first * rows.size, {tile, 1},
                   rows[first], {1, rows.stride});
    }
  }

  // Those of the tokens from `first` to the end of their tile.
  Matrix from(Index first) const {
    if (!turned_) return {rows_[first], rows_.stride, true};
    const Index start = first / tile_ * tile_;
    return {turned_ + start * rows_.size + first - start, tile_};
  }

 private:
  Rows<const Real> rows_;
  Index tile_;
  const Real* turned_;
};

// Where the gradients of a head's keys or values are summed up: side by side in `room`, or without
// room in the result itself. finish() brings them there.
class TokenSums {
 public:
  TokenSums(const Rows<Real>& result, Index tokens, Real* room)
      : result_(result), tokens_(tokens), copied_(room && result.data) {
    if (copied_) std::fill_n(room, tokens * result.size, Real{0});
    rows_ = copied_ ? Rows<Real>{room, result.size, result.size} : result;
  }
  bool wanted() const { return result_.data != nullptr; }
  const Rows<Real>& rows() const { return rows_; }
  void finish() const {
    if (copied_) add_rows({rows_.data, rows_.stride, rows_.size}, tokens_, result_);
  }

 private:
  Rows<Real> result_;
  Index tokens_;
  bool copied_;
  Rows<Real> rows_{};
};

}  // namespace heed::inline HEED_REAL
