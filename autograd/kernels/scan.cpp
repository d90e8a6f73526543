#include "autograd/kernels/scan.h"

#include <algorithm>

#include "autograd/kernels/fold.h"

namespace heed::inline HEED_REAL {
namespace {

// From x on, n steps of `step` numbers, backwards where it is negative.
template <class Fold>
void scan_block(const Real* x, Real* y, Index n, Index step, const RowBlock&) {
  double total = Fold::start;
  for (Index i = 0; i < n; ++i) {
    total = Fold::join(total, static_cast<double>(x[i * step]));
    y[i * step] = static_cast<Real>(total);
  }
}

template <class Fold>
void scan_block(const Real* x, Real* y, Index n, Index step, const ColumnBlock& block) {
  const auto width = static_cast<Index>(block.width);
  double totals[ColumnBlock::most];
  std::fill_n(totals, width, Fold::start);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < width; ++j) {
      totals[j] = Fold::join(totals[j], static_cast<double>(x[i * step + j]));
      y[i * step + j] = static_cast<Real>(totals[j]);
    }
  }
}

template <class Fold>
void scan(const Real* x, Real* y, const Lines& lines, bool reverse) {
  if (lines.n == 0) return;
  for_blocks(x, lines, [&](const auto& block) {
    const Index first = block.x - x + (reverse ? (lines.n - 1) * lines.inner : 0);
    const Index step = reverse ? -lines.inner : lines.inner;
    scan_block<Fold>(x + first, y + first, lines.n, step, block);
  });
}

}  // namespace

void running_sums(const Real* x, Real* y, const Lines& lines, bool reverse) {
  scan<Adding>(x, y, lines, reverse);
}

void running_products(const Real* x, Real* y, const Lines& lines) {
  scan<Multiplying>(x, y, lines, false);
}

void running_linear(const Real* x, const Real* f, Real* y, const Lines& lines, bool reverse) {
  if (lines.n == 0) return;
  const Index step = reverse ? -lines.inner : lines.inner;
  for_blocks(x, lines, [&](const auto& block) {
    const Index first = block.x - x + (reverse ? (lines.n - 1) * lines.inner : 0);
    const auto width = static_cast<Index>(block.width);
    double totals[ColumnBlock::most];
    for (Index j = 0; j < width; ++j) {
      y[first + j] = x[first + j];
      totals[j] = static_cast<double>(x[first + j]);
    }
    for (Index i = 1; i < lines.n; ++i) {
      const Index at = first + i * step;
      const Index between = reverse ? at + lines.inner : at;
      for (Index j = 0; j < width; ++j) {
        totals[j] *= static_cast<double>(f[between + j]);
        totals[j] += static_cast<double>(x[at + j]);
        y[at + j] = static_cast<Real>(totals[j]);
      }
    }
  });
}

}  // namespace heed::inline HEED_REAL
