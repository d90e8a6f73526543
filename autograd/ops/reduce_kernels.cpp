#include "autograd/ops/reduce_kernels.h"

#include <algorithm>
#include <vector>

#include "autograd/ops/lane.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// Within a run the rounding errors of Real are harmless; between runs double takes over.
constexpr Index run = 4096;
constexpr Index column_block = 64;

Real sum_run(const Real* x, Index n) {
  Lane a, b, c, d;
  Index i = 0;
  for (; i + 4 * Lane::size <= n; i += 4 * Lane::size) {
    a += Lane::load(x + i);
    b += Lane::load(x + i + Lane::size);
    c += Lane::load(x + i + 2 * Lane::size);
    d += Lane::load(x + i + 3 * Lane::size);
  }
  for (; i + Lane::size <= n; i += Lane::size) a += Lane::load(x + i);
  if (i < n) b += Lane::load_part(x + i, n - i);
  return sum_of((a + b) + (c + d));
}

double sum_row(const Real* x, Index n) {
  double total = 0;
  for (Index from = 0; from < n; from += run) total += sum_run(x + from, std::min(run, n - from));
  return total;
}

// One long row: every tile leaves its part, the parts are added in order.
Real sum_long_row(const Real* x, Index n) {
  constexpr Index tile = 16 * run;
  std::vector<double> parts(static_cast<std::size_t>((n + tile - 1) / tile));
  parallel_for(static_cast<Index>(parts.size()), [&](Index i) {
    parts[static_cast<std::size_t>(i)] = sum_row(x + i * tile, std::min(tile, n - i * tile));
  });
  double total = 0;
  for (const double part : parts) total += part;
  return static_cast<Real>(total);
}

// `width` neighbouring columns of n rows that lie `stride` apart.
void sum_columns(const Real* x, Real* y, Index n, Index stride, Index width) {
  double totals[static_cast<std::size_t>(column_block)] = {};
  for (Index from = 0; from < n; from += 256) {
    const Index stop = std::min(from + 256, n);
    Index j = 0;
    for (; j + Lane::size <= width; j += Lane::size) {
      Lane sum;
      for (Index i = from; i < stop; ++i) sum += Lane::load(x + i * stride + j);
      Real part[static_cast<std::size_t>(Lane::size)];
      sum.store(part);
      for (Index k = 0; k < Lane::size; ++k) totals[j + k] += static_cast<double>(part[k]);
    }
    for (; j < width; ++j) {
      Real sum = 0;
      for (Index i = from; i < stop; ++i) sum += x[i * stride + j];
      totals[j] += static_cast<double>(sum);
    }
  }
  for (Index j = 0; j < width; ++j) y[j] = static_cast<Real>(totals[j]);
}

}  // namespace

void sum_middle(const Real* x, Real* y, Index outer, Index n, Index inner) {
  if (inner == 1 && outer == 1) {
    *y = sum_long_row(x, n);
  } else if (inner == 1) {
    const Index rows = std::max<Index>(1, (Index{1} << 15) / std::max<Index>(n, 1));
    parallel_for((outer + rows - 1) / rows, [&](Index tile) {
      const Index stop = std::min(outer, (tile + 1) * rows);
      for (Index i = tile * rows; i < stop; ++i) y[i] = static_cast<Real>(sum_row(x + i * n, n));
    });
  } else {
    // Small pieces share a tile: handing work over costs more than a few columns.
    const Index blocks = (inner + column_block - 1) / column_block;
    const Index work = std::max<Index>(1, n * std::min(inner, column_block));
    const Index together = std::max<Index>(1, (Index{1} << 15) / work);
    const Index pieces = outer * blocks;
    parallel_for((pieces + together - 1) / together, [&](Index tile) {
      const Index stop = std::min(pieces, (tile + 1) * together);
      for (Index piece = tile * together; piece < stop; ++piece) {
        const Index o = piece / blocks;
        const Index j = piece % blocks * column_block;
        sum_columns(x + o * n * inner + j, y + o * inner + j, n, inner,
                    std::min(column_block, inner - j));
      }
    });
  }
}

}  // namespace heed::inline HEED_REAL
