#include "autograd/kernels/reduce.h"

#include <cmath>

#include "autograd/kernels/fold.h"

namespace heed::inline HEED_REAL {
namespace {

template <class Block>
constexpr PerResult<Real, Block> no_centres{};

// What is folded: a number v of a line whose centre is c.
constexpr auto itself = [](Lane v, Lane) { return v; };
constexpr auto magnitude = [](Lane v, Lane) { return abs(v); };
constexpr auto distance = [](Lane v, Lane c) { return v - c; };
constexpr auto squared_distance = [](Lane v, Lane c) { return (v - c) * (v - c); };
constexpr auto squared_share = [](Lane v, Lane c) { return (v / c) * (v / c); };
constexpr auto exp_of_distance = [](Lane v, Lane c) { return exp(v - c); };

// f of each total, in Real.
template <class Block, class F>
PerResult<Real, Block> each(const Block& block, const PerResult<double, Block>& totals, F f) {
  PerResult<Real, Block> result{};
  for (std::size_t j = 0; j < block.width; ++j) result[j] = static_cast<Real>(f(totals[j]));
  return result;
}

template <class Block>
void write(const Block& block, const PerResult<double, Block>& totals, Real* y) {
  for (std::size_t j = 0; j < block.width; ++j) {
    y[block.first + static_cast<Index>(j)] = static_cast<Real>(totals[j]);
  }
}

template <class Fold>
void fold_all(const Real* x, Real* y, const Lines& lines) {
  for_blocks(x, lines, [&]<class Block>(const Block& block) {
    write(block, fold<Fold>(block, no_centres<Block>, itself), y);
  });
}

bool good_square(double total) {
  using Limits = std::numeric_limits<Real>;
  constexpr double tiny = double{Limits::min()} / double{Limits::epsilon()};
  return total > tiny && std::isfinite(total);
}

// Where squares would overflow or vanish: measured against the largest.
template <class Block>
PerResult<double, Block> scaled_norms(const Block& block) {
  const auto scales =
      each(block, fold<Larger>(block, no_centres<Block>, magnitude),
           [](double largest) { return largest > 0 && std::isfinite(largest) ? largest : 1.0; });
  PerResult<double, Block> totals = fold<Adding>(block, scales, squared_share);
  for (std::size_t j = 0; j < block.width; ++j) {
    totals[j] = static_cast<double>(scales[j]) * std::sqrt(totals[j]);
  }
  return totals;
}

// Where each result stands first in its numbers, or a NaN does.
void find(const RowBlock& block, const Real* wanted, std::int32_t* found) {
  Index i = 0;
  while (block.x[i] != *wanted && block.x[i] == block.x[i]) ++i;
  *found = static_cast<std::int32_t>(i);
}
void find(const ColumnBlock& block, const Real* wanted, std::int32_t* found) {
  for (Index i = block.n; i-- > 0;) {  // the first is written last
    const Real* row = block.x + i * block.stride;
    for (std::size_t j = 0; j < block.width; ++j) {
      const bool here = (row[j] == wanted[j]) | (row[j] != row[j]);
      found[j] = here ? static_cast<std::int32_t>(i) : found[j];
    }
  }
}

}  // namespace

void sum_lines(const Real* x, Real* y, const Lines& lines) { fold_all<Adding>(x, y, lines); }
void mean_lines(const Real* x, Real* y, const Lines& lines) {
  const auto n = static_cast<double>(lines.n);
  for_blocks(x, lines, [&]<class Block>(const Block& block) {
    PerResult<double, Block> totals = fold<Adding>(block, no_centres<Block>, itself);
    for (std::size_t j = 0; j < block.width; ++j) totals[j] /= n;
    write(block, totals, y);
  });
}
void prod_lines(const Real* x, Real* y, const Lines& lines) { fold_all<Multiplying>(x, y, lines); }
void largest_lines(const Real* x, Real* y, const Lines& lines) { fold_all<Larger>(x, y, lines); }
void smallest_lines(const Real* x, Real* y, const Lines& lines) { fold_all<Smaller>(x, y, lines); }

void norm_lines(const Real* x, Real* y, const Lines& lines) {
  for_blocks(x, lines, [&]<class Block>(const Block& block) {
    PerResult<double, Block> totals = fold<Adding>(block, no_centres<Block>, squared_distance);
    bool good = true;
    for (std::size_t j = 0; j < block.width; ++j) good = good && good_square(totals[j]);
    for (std::size_t j = 0; j < block.width; ++j) totals[j] = std::sqrt(totals[j]);
    write(block, good ? totals : scaled_norms(block), y);
  });
}

// In two passes, and what rounding the mean has left is taken off: Chan, Golub, LeVeque 1983,
// "Algorithms for computing the sample variance", the corrected two-pass algorithm.
void var_lines(const Real* x, Real* y, const Lines& lines, Index correction) {
  const auto n = static_cast<double>(lines.n);
  const auto divisor = static_cast<double>(std::max<Index>(0, lines.n - correction));
  for_blocks(x, lines, [&]<class Block>(const Block& block) {
    const auto means = each(block, fold<Adding>(block, no_centres<Block>, itself),
                            [n](double sum) { return sum / n; });
    const PerResult<double, Block> rests = fold<Adding>(block, means, distance);
    PerResult<double, Block> totals = fold<Adding>(block, means, squared_distance);
    for (std::size_t j = 0; j < block.width; ++j) {
      const double spread = totals[j] - rests[j] * rests[j] / n;
      totals[j] = (spread < 0 ? 0 : spread) / divisor;
    }
    write(block, totals, y);
  });
}

void logsumexp_lines(const Real* x, Real* y, const Lines& lines) {
  for_blocks(x, lines, [&]<class Block>(const Block& block) {
    // Beside +-inf the shift is 0 and the limits come out.
    const auto shifts = each(block, fold<Larger>(block, no_centres<Block>, itself),
                             [](double top) { return std::isfinite(top) ? top : 0.0; });
    PerResult<double, Block> totals = fold<Adding>(block, shifts, exp_of_distance);
    for (std::size_t j = 0; j < block.width; ++j) {
      totals[j] = static_cast<double>(shifts[j]) + std::log(totals[j]);
    }
    write(block, totals, y);
  });
}

void find_lines(const Real* x, const Real* y, std::int32_t* places, const Lines& lines) {
  for_blocks(x, lines,
             [&](const auto& block) { find(block, y + block.first, places + block.first); });
}

}  // namespace heed::inline HEED_REAL
