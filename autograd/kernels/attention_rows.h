// The rows of a head, copied so that matrix products read and write them quickest. Internal.
#pragma once

#include <algorithm>

#include "autograd/finite.h"
#include "autograd/kernels/attention.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/rows.h"
#include "autograd/kernels/strided_copy.h"

namespace heed::inline HEED_REAL {

// For a few queries it would cost more to copy the keys of a head than it saves.
inline bool worth_copying(const AttentionPlan& plan) { return plan.queries >= 16; }

// to = rows.
inline void copy_rows(const Rows<const Real>& rows, Index count, const Rows<Real>& to) {
  for (Index t = 0; t < count; ++t) {
    for_lanes(rows.size,
              [&](Index i, Index n) { store_lane(load_lane(rows[t] + i, n), to[t] + i, n); });
  }
}

inline void add_rows(const Rows<const Real>& rows, Index count, const Rows<Real>& to) {
  for (Index t = 0; t < count; ++t) {
    for_lanes(rows.size, [&](Index i, Index n) {
      store_lane(load_lane(to[t] + i, n) + load_lane(rows[t] + i, n), to[t] + i, n);
    });
  }
}

inline bool all_finite(const Rows<const Real>& rows, Index count) {
  for (Index t = 0; t < count; ++t) {
    if (!all_finite(rows[t], rows.size)) return false;
  }
  return true;
}

// The rows side by side. Where a token's heads lie together in a projection, rows of one head are
// so far apart that they push each other out of the cache.
inline Rows<const Real> gather(const Rows<const Real>& rows, Index count, Real* room) {
  copy_rows(rows, count, {room, rows.size, rows.size});
  return {room, rows.size, rows.size};
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

// The gradients of a head's queries, keys or values while they are summed up: side by side in
// `room`.
class TokenSums {
 public:
  TokenSums(const Rows<Real>& result, Index tokens, Real* room)
      : result_(result), tokens_(tokens), sums_{room, result.size, result.size} {}

  bool wanted() const { return result_.data != nullptr; }
  const Rows<Real>& rows() const { return sums_; }
  void clear() const {
    if (wanted()) std::fill_n(sums_.data, tokens_ * sums_.size, Real{0});
  }
  bool finite() const { return !wanted() || all_finite(as_read(), tokens_); }
  // Brings them to the result.
  void finish(bool add) const {
    if (wanted()) (add ? add_rows : copy_rows)(as_read(), tokens_, result_);
  }

 private:
  Rows<const Real> as_read() const { return {sums_.data, sums_.stride, sums_.size}; }

  Rows<Real> result_;
  Index tokens_;
  Rows<Real> sums_;
};

}  // namespace heed::inline HEED_REAL
