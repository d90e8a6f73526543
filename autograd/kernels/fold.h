// The loop under every reduction: many numbers become one, by sum, product or comparison. SIMD
// along the line or across neighbouring lines, and cut into pieces that do not depend on the
// number of threads.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <vector>

#include "autograd/kernels/axis_runs.h"
#include "autograd/kernels/lane_functions.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

// ---- how two become one, and what changes nothing ----
struct Adding {
  static constexpr Real start = 0;
  template <class T>
  static T join(T a, T b) {
    return a + b;
  }
};
struct Multiplying {
  static constexpr Real start = 1;
  template <class T>
  static T join(T a, T b) {
    return a * b;
  }
};
// NaN in either gives NaN.
struct Larger {
  static constexpr Real start = -std::numeric_limits<Real>::infinity();
  static Lane join(Lane a, Lane b) { return maximum(a, b); }
  template <class T>
  static T join(T a, T b) {
    return a > b || a != a ? a : b;
  }
};
struct Smaller {
  static constexpr Real start = std::numeric_limits<Real>::infinity();
  static Lane join(Lane a, Lane b) { return minimum(a, b); }
  template <class T>
  static T join(T a, T b) {
    return a < b || a != a ? a : b;
  }
};

// One result, and the numbers it is made of: x[i], i < n.
struct RowBlock {
  static constexpr std::size_t width = 1;
  const Real* x;
  Index n;
  Index first;  // which result
  // The numbers from x on that are there, those of other results included.
  Index readable;
};
// Neighbouring results: number `first + j` is made of x[i * stride + j], i < n.
struct ColumnBlock {
  static constexpr Index most = 64;
  const Real* x;
  Index n;
  Index first;
  Index stride;
  std::size_t width;  // at most `most`
};
// A number for each result of a block.
template <class T, class Block>
using PerResult = std::array<T, std::is_same_v<Block, RowBlock> ? 1 : ColumnBlock::most>;

namespace detail {

// Within a run the rounding errors of Real are harmless; between runs double takes over.
constexpr Index row_run = 4096;
constexpr Index column_run = 256;

template <class Fold>
Real joined(Lane lane) {
  return across(lane, [](Lane a, Lane b) { return Fold::join(a, b); });
}

// The lane with the fold's start outside places [from, to).
template <class Fold>
Lane only(Lane lane, Index from, Index to) {
  static constexpr auto places = [] {
    std::array<Real, static_cast<std::size_t>(Lane::size)> list{};
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = static_cast<Real>(i);
    return list;
  }();
  const Lane place = Lane::load(places.data());
  return where((place >= Lane(static_cast<Real>(from))) & (place < Lane(static_cast<Real>(to))),
               lane, Lane(Fold::start));
}

// Four folds side by side, because each step would have to wait for the one before.
template <class Fold, class Term>
Real fold_run(const Real* x, Index n, Index readable, Real centre, Term term) {
  constexpr Index step = Lane::size;
  const Lane middle(centre);
  if (n < step) {
    const Lane lane = readable < step ? Lane::load_part(x, n) : Lane::load(x);
    return joined<Fold>(only<Fold>(term(lane, middle), 0, n));
  }
  Lane a(Fold::start), b(Fold::start), c(Fold::start), d(Fold::start);
  Index i = 0;
  for (; i + 4 * step <= n; i += 4 * step) {
    a = Fold::join(a, term(Lane::load(x + i), middle));
    b = Fold::join(b, term(Lane::load(x + i + step), middle));
    c = Fold::join(c, term(Lane::load(x + i + 2 * step), middle));
    d = Fold::join(d, term(Lane::load(x + i + 3 * step), middle));
  }
  for (; i + step <= n; i += step) a = Fold::join(a, term(Lane::load(x + i), middle));
  if (i < n) {  // the last lane begins among numbers that have been taken
    const Lane last = term(Lane::load(x + (n - step)), middle);
    b = Fold::join(b, only<Fold>(last, step - (n - i), step));
  }
  return joined<Fold>(Fold::join(Fold::join(a, b), Fold::join(c, d)));
}

template <class Fold, class Term>
double fold_runs(const Real* x, Index n, Index readable, Real centre, Term term) {
  double total = Fold::start;
  for (Index from = 0; from < n; from += row_run) {
    const Real part =
        fold_run<Fold>(x + from, std::min(row_run, n - from), readable - from, centre, term);
    total = Fold::join(total, static_cast<double>(part));
  }
  return total;
}

// A long row is spread over the threads: every tile leaves its part, and the parts are joined in
// order.
template <class Fold, class Term>
double fold_row(const RowBlock& row, Real centre, Term term) {
  constexpr Index tile = 16 * row_run;
  if (row.n <= tile) return fold_runs<Fold>(row.x, row.n, row.readable, centre, term);
  std::vector<double> parts(static_cast<std::size_t>((row.n + tile - 1) / tile));
  parallel_for(static_cast<Index>(parts.size()), [&](Index i) {
    const Index from = i * tile;
    parts[static_cast<std::size_t>(i)] = fold_runs<Fold>(row.x + from, std::min(tile, row.n - from),
                                                         row.readable - from, centre, term);
  });
  double total = Fold::start;
  for (const double part : parts) total = Fold::join(total, part);
  return total;
}

// Joins rows [from, to) of `lanes` lanes of neighbouring columns to totals. Side by side, because
// memory is read in order then. load(i, k): lane k of row i.
template <class Fold, Index lanes, class Load, class Term>
void fold_lanes(Index from, Index to, const Real* centres, double* totals, Load load, Term term) {
  Lane middles[lanes], sums[lanes];
  for (Index k = 0; k < lanes; ++k) {
    middles[k] = Lane::load(centres + k * Lane::size);
    sums[k] = Lane(Fold::start);
  }
  for (Index i = from; i < to; ++i) {
    for (Index k = 0; k < lanes; ++k) sums[k] = Fold::join(sums[k], term(load(i, k), middles[k]));
  }
  for (Index k = 0; k < lanes; ++k) {
    alignas(64) Real part[static_cast<std::size_t>(Lane::size)];
    sums[k].store(part);
    double* total = totals + k * Lane::size;
    for (Index j = 0; j < Lane::size; ++j) {
      total[j] = Fold::join(total[j], static_cast<double>(part[j]));
    }
  }
}

// The last lane may reach beyond the columns. What it reads there, the numbers of the next row, is
// never looked at, and the rows where memory ends are loaded one by one.
template <class Fold, class Term>
void fold_columns(const ColumnBlock& block, const Real* centres, double* totals, Term term) {
  constexpr Index step = Lane::size, together = 4;
  const auto width = static_cast<Index>(block.width);
  std::fill_n(totals, (width + step - 1) / step * step, Fold::start);
  for (Index from = 0; from < block.n; from += column_run) {
    const Index stop = std::min(from + column_run, block.n);
    Index j = 0;
    const auto load = [&](Index i, Index k) {
      return Lane::load(block.x + i * block.stride + j + k * step);
    };
    const auto load_part = [&](Index i, Index) {
      return Lane::load_part(block.x + i * block.stride + j, width - j);
    };
    for (; j + together * step <= width; j += together * step) {
      fold_lanes<Fold, together>(from, stop, centres + j, totals + j, load, term);
    }
    for (; j + step <= width; j += step) {
      fold_lanes<Fold, 1>(from, stop, centres + j, totals + j, load, term);
    }
    if (j < width) {
      const Index beyond = j + step - width;
      const Index ends = std::min(block.n, (beyond + block.stride - 1) / block.stride);
      const Index safe = std::clamp(block.n - ends, from, stop);
      fold_lanes<Fold, 1>(from, safe, centres + j, totals + j, load, term);
      fold_lanes<Fold, 1>(safe, stop, centres + j, totals + j, load_part, term);
    }
  }
}

}  // namespace detail

// What each result of the block has as term(number, centre), folded. `term` is read over lanes.
template <class Fold, class Term>
PerResult<double, RowBlock> fold(const RowBlock& block, const PerResult<Real, RowBlock>& centres,
                                 Term term) {
  return {detail::fold_row<Fold>(block, centres[0], term)};
}
template <class Fold, class Term>
PerResult<double, ColumnBlock> fold(const ColumnBlock& block,
                                    const PerResult<Real, ColumnBlock>& centres, Term term) {
  PerResult<double, ColumnBlock> totals;
  detail::fold_columns<Fold>(block, centres.data(), totals.data(), term);
  return totals;
}

// work(block) for all blocks, spread over the threads. Depends on the shape only.
template <class Work>
void for_blocks(const Real* x, const Lines& lines, Work work) {
  constexpr Index elements = Index{1} << 15;  // that make a tile
  const Index n = std::max<Index>(lines.n, 1);
  if (lines.inner == 1) {
    const Index rows = std::max<Index>(1, elements / n);
    parallel_for((lines.outer + rows - 1) / rows, [&](Index tile) {
      const Index stop = std::min(lines.outer, (tile + 1) * rows);
      for (Index i = tile * rows; i < stop; ++i) {
        work(RowBlock{x + i * lines.n, lines.n, i, (lines.outer - i) * lines.n});
      }
    });
    return;
  }
  // Small pieces share a tile: handing work over costs more than a few columns.
  constexpr Index most = ColumnBlock::most;
  const Index together =
      std::max<Index>(1, elements / (n * std::clamp<Index>(lines.inner, 1, most)));
  const Index blocks = (lines.inner + most - 1) / most;
  const Index pieces = lines.outer * blocks;
  parallel_for((pieces + together - 1) / together, [&](Index tile) {
    const Index stop = std::min(pieces, (tile + 1) * together);
    for (Index piece = tile * together; piece < stop; ++piece) {
      const Index o = piece / blocks, j = piece % blocks * most;
      work(ColumnBlock{x + o * lines.n * lines.inner + j, lines.n, o * lines.inner + j, lines.inner,
                       static_cast<std::size_t>(std::min(most, lines.inner - j))});
    }
  });
}

}  // namespace heed::inline HEED_REAL
