// Scans: a running result at every place of an axis.
#include "autograd/ops/scan.h"

#include "autograd/graph.h"
#include "autograd/kernels/fold.h"
#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {
namespace {

// From x on, n steps of `step` numbers, backwards where it is negative.
void running_sums(const Real* x, Real* y, Index n, Index step, const RowBlock&) {
  double total = 0;
  for (Index i = 0; i < n; ++i) {
    total += static_cast<double>(x[i * step]);
    y[i * step] = static_cast<Real>(total);
  }
}

void running_sums(const Real* x, Real* y, Index n, Index step, const ColumnBlock& block) {
  const auto width = static_cast<Index>(block.width);
  double totals[ColumnBlock::most] = {};
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < width; ++j) {
      totals[j] += static_cast<double>(x[i * step + j]);
      y[i * step + j] = static_cast<Real>(totals[j]);
    }
  }
}

}  // namespace

Tensor cumsum(const Tensor& x, int axis, bool reverse) {
  axis = x.shape().axis(axis, "cumsum");
  Tensor y = Tensor::empty(x.shape());
  const Real* from = x.data();
  Real* to = y.mutable_data();
  const Lines lines = lines_of(x.shape(), axis);
  for_blocks(from, lines, [&](const auto& block) {
    const Index first = block.x - from + (reverse ? (lines.n - 1) * lines.inner : 0);
    const Index step = reverse ? -lines.inner : lines.inner;
    if (lines.n > 0) running_sums(from + first, to + first, lines.n, step, block);
  });
  count_cost(0, 2 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return differentiable(
      "cumsum", y, wrt(x, [axis, reverse](const Tensor& g) { return cumsum(g, axis, !reverse); }));
}

}  // namespace heed::inline HEED_REAL
