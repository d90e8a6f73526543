// What is added to the scores of a head, row by row, and the sums of its gradient. Internal.
#pragma once

#include <algorithm>

#include "autograd/finite.h"
#include "autograd/kernels/attention.h"
#include "autograd/kernels/rows.h"

namespace heed::inline HEED_REAL {

// scores += the bias of a head for one query and `n` keys from `first` on.
inline void add_bias_row(const ScoreRows<const Real>& bias, Index query, Index first, Index n,
                         Real* scores) {
  const Real* const row = bias.row(query) + first * bias.key;
  for_lanes(n, [&](Index i, Index count) {
    const Lane added = bias.key == 0 ? Lane(*row) : load_lane(row + i, count);
    store_lane(load_lane(scores + i, count) + added, scores + i, count);
  });
}

// The gradient of a head's bias while it is summed up: as many rows and columns as the bias has,
// so that one that is stretched takes no matrix.
class BiasSums {
 public:
  static Index room(const AttentionPlan& plan, const ScoreRows<Real>& result) {
    return result.data ? rows(plan, result) * columns(plan, result) : 0;
  }

  // `result` is that of one head.
  BiasSums(const AttentionPlan& plan, const ScoreRows<Real>& result, Real* room)
      : result_(result), rows_(rows(plan, result)), columns_(columns(plan, result)), sums_(room) {}

  bool wanted() const { return result_.data != nullptr; }
  void clear() const {
    if (wanted()) std::fill_n(sums_, rows_ * columns_, Real{0});
  }
  // Takes in the gradient of one query's scores for `n` keys from `first` on.
  void add(Index query, Index first, Index n, const Real* gradient) const {
    Real* const to = sums_ + (result_.query == 0 ? 0 : query) * columns_;
    if (result_.key == 0) {
      *to += sum_row(gradient, n);
    } else {
      add_row(gradient, n, to + first);
    }
  }
  bool finite() const { return !wanted() || all_finite(sums_, rows_ * columns_); }
  // Adds them to the result.
  void finish() const {
    for (Index i = 0; wanted() && i < rows_; ++i) {
      add_row(sums_ + i * columns_, columns_, result_.row(i));
    }
  }

 private:
  static Index rows(const AttentionPlan& plan, const ScoreRows<Real>& result) {
    return result.query == 0 ? 1 : plan.queries;
  }
  static Index columns(const AttentionPlan& plan, const ScoreRows<Real>& result) {
    return result.key == 0 ? 1 : plan.keys;
  }
  static void add_row(const Real* from, Index n, Real* to) {
    for_lanes(n, [&](Index i, Index count) {
      store_lane(load_lane(to + i, count) + load_lane(from + i, count), to + i, count);
    });
  }

  ScoreRows<Real> result_;
  Index rows_, columns_;
  Real* sums_;
};

}  // namespace heed::inline HEED_REAL
