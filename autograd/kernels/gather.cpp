#include "autograd/kernels/gather.h"

#include <algorithm>

#include "autograd/kernels/pieces.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// Elements that one tile moves; fixed, so that the number of threads changes no bit.
constexpr Index tile_size = Index{1} << 14;
constexpr Index narrowest = 64;  // columns that one tile adds to

}  // namespace

void pick_along(const Real* x, const Lines& lines, const std::int32_t* ids, Index k, Real* y) {
  const Index inner = lines.inner;
  for_pieces(lines.outer * k, inner, tile_size, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      const Real* plane = x + row / k * lines.n * inner;
      for (Index i = 0; i < inner; ++i) {
        y[row * inner + i] = plane[ids[row * inner + i] * inner + i];
      }
    }
  });
}

// A line along the axis belongs to one tile, which adds to it in the order of the ids.
void add_along(const Real* values, const std::int32_t* ids, Index k, Real* y, const Lines& lines) {
  const Index outer = lines.outer;
  const Index inner = lines.inner;
  if (outer * k * inner == 0) return;
  const Index columns = std::min(inner, std::max(narrowest, tile_size / k));
  const Index parts = pieces_of(inner, columns);
  const Index together = std::max<Index>(1, tile_size / (k * columns));
  const Index planes_a_tile = parts == 1 ? together : 1;
  parallel_for(pieces_of(outer, planes_a_tile) * parts, [&](Index tile) {
    const Index begin = tile % parts * columns;
    const Index end = std::min(inner, begin + columns);
    const Index first = tile / parts * planes_a_tile;
    const Index last = std::min(outer, first + planes_a_tile);
    for (Index row = first * k; row < last * k; ++row) {
      Real* plane = y + row / k * lines.n * inner;
      for (Index i = begin; i < end; ++i) {
        plane[ids[row * inner + i] * inner + i] += values[row * inner + i];
      }
    }
  });
}

void pick_slices(const Real* x, const Lines& lines, const std::int32_t* ids, Index count, Real* y) {
  for_pieces(lines.outer * count, lines.inner, tile_size, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      const Index source = row / count * lines.n + ids[row % count];
      std::copy_n(x + source * lines.inner, lines.inner, y + row * lines.inner);
    }
  });
}

// Every column of the result belongs to one tile, which adds to it in the order of the ids.
void add_slices(const Real* values, const std::int32_t* ids, Index count, Real* y,
                const Lines& lines) {
  if (count * lines.outer * lines.inner == 0) return;
  const Index columns = std::min(lines.inner, std::max(narrowest, tile_size / count));
  const Index parts = pieces_of(lines.inner, columns);
  parallel_for(lines.outer * parts, [&](Index tile) {
    const Index outer = tile / parts;
    const Index begin = tile % parts * columns;
    const Index end = std::min(lines.inner, begin + columns);
    for (Index i = 0; i < count; ++i) {
      const Real* slice = values + (outer * count + i) * lines.inner;
      Real* sum = y + (outer * lines.n + ids[i]) * lines.inner;
      for (Index j = begin; j < end; ++j) sum[j] += slice[j];
    }
  });
}

}  // namespace heed::inline HEED_REAL
