#include "autograd/kernels/scan.h"

#include "autograd/kernels/fold.h"

namespace heed::inline HEED_REAL {
namespace {

// From x on, n steps of `step` numbers, backwards where it is negative.
void sums_of_block(const Real* x, Real* y, Index n, Index step, const RowBlock&) {
  double total = 0;
  for (Index i = 0; i < n; ++i) {
    total += static_cast<double>(x[i * step]);
    y[i * step] = static_cast<Real>(total);
  }
}

void sums_of_block(const Real* x, Real* y, Index n, Index step, const ColumnBlock& block) {
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

void running_sums(const Real* x, Real* y, const Lines& lines, bool reverse) {
  if (lines.n == 0) return;
  for_blocks(x, lines, [&](const auto& block) {
    const Index first = block.x - x + (reverse ? (lines.n - 1) * lines.inner : 0);
    const Index step = reverse ? -lines.inner : lines.inner;
    sums_of_block(x + first, y + first, lines.n, step, block);
  });
}

}  // namespace heed::inline HEED_REAL
