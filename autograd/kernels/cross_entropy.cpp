#include "autograd/kernels/cross_entropy.h"

#include <cmath>

#include "autograd/kernels/rows.h"

namespace heed::inline HEED_REAL {
namespace {

// Returns the loss of a row, and leaves its share in the derivative of the whole in dx.
Real loss_of_row(const Real* x, Index label, Real target, const CountedRows& plan, Real* dx,
                 Index n) {
  const Real share = 1 / static_cast<Real>(plan.divisor);
  const Real top = max_of_row(x, n);
  const Real sum = exp_row(x, top, dx, n);
  scale_row(share * (target + static_cast<Real>(plan.spread_sum)) / sum, dx, n);
  dx[label] -= share * target;
  Real loss = target * (std::log(sum) + (top - x[label]));
  if (!plan.spread) return loss;
  const Real* const spread = plan.spread;
  const Lane log_sum(std::log(sum)), highest(top), scale(share);
  loss += sum_lanes(n, [&](Index i, Index count) {
    const Lane part = load_lane(spread + i, count);
    store_lane(load_lane(dx + i, count) - scale * part, dx + i, count);
    return part * (log_sum + (highest - load_lane(x + i, count)));
  });
  return loss;
}

}  // namespace

void cross_entropy_rows(const CountedRows& plan, const Real* x, Index n, Real* losses, Real* dx) {
  for_row_tiles(static_cast<Index>(plan.rows.size()), n, [&](Index, Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const Index r = plan.rows[at];
      losses[at] = loss_of_row(x + r * n, plan.labels[at], plan.targets[at], plan, dx + r * n, n);
    }
  });
}

}  // namespace heed::inline HEED_REAL
