// One pass over the elements of several arrays that broadcast to one shape.
#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include "autograd/kernels/lane_functions.h"
#include "autograd/kernels/pieces.h"
#include "autograd/shape.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

// How an operand is walked while the result is walked in order.
struct Walk {
  const Real* data = nullptr;
  std::array<Index, Shape::max_rank> strides{};
};

// The iteration space with axes merged wherever all operands allow it.
struct Space {
  int rank = 0;
  std::array<Index, Shape::max_rank> extents{};
  Index rows = 1;     // product of all but the last extent
  Index columns = 1;  // the last extent
};

// An operand of shape `own`, broadcast to `shape`.
Walk walk_of(const Real* data, const Shape& own, const Shape& shape);
// Merges the axes of `shape`, in the strides of the walks as well.
Space merged_axes(const Shape& shape, Walk* walks, int count);

namespace detail {

constexpr Index tile_elements = Index{1} << 15;

template <std::size_t N>
struct Row {
  std::array<const Real*, N> at;
  std::array<bool, N> moves;
};

// The loop has nothing to decide and nothing to look up again: a number that is repeated is read
// from a few copies of it that stay where they are; the formula, and where the operands stand, are
// copies that no store to `out` can change.
template <std::size_t N, class F, std::size_t... I>
void map_row(Real* out, Index n, const Row<N>& row, const F& shared, std::index_sequence<I...>) {
  constexpr Index together = 4 * Lane::size;
  const F f = shared;
  std::array<std::array<Real, together>, N> copies;
  std::array<const Real*, N> at = row.at;
  std::array<Index, N> step;
  for (std::size_t k = 0; k < N; ++k) {
    step[k] = row.moves[k] ? 1 : 0;
    if (row.moves[k] || n == 0) continue;
    copies[k].fill(*row.at[k]);
    at[k] = copies[k].data();
  }
  const auto pass = [&](Index count) {
    out += count;
    ((at[I] += count * step[I]), ...);
  };
  for (; n >= together; n -= together, pass(together)) {
    for (Index i = 0; i < together; i += Lane::size) f(Lane::load(at[I] + i)...).store(out + i);
  }
  for (; n >= Lane::size; n -= Lane::size, pass(Lane::size)) f(Lane::load(at[I])...).store(out);
  if (n > 0) f(Lane::load_part(at[I], n)...).store_part(out, n);
}

// Where each operand stands at the start of row `r`.
template <std::size_t N>
Row<N> row_at(const Space& space, const std::array<Walk, N>& walks, Index r) {
  Row<N> row;
  for (std::size_t k = 0; k < N; ++k) {
    row.at[k] = walks[k].data;
    row.moves[k] =
        space.rank > 0 && walks[k].strides[static_cast<std::size_t>(space.rank) - 1] != 0;
  }
  for (int axis = space.rank - 2; axis >= 0; --axis) {
    const auto a = static_cast<std::size_t>(axis);
    const Index here = r % space.extents[a];
    r /= space.extents[a];
    for (std::size_t k = 0; k < N; ++k) row.at[k] += here * walks[k].strides[a];
  }
  return row;
}

}  // namespace detail

// out[i] = f(lanes of the operands...), over a space that is not empty.
template <class F, std::size_t N>
void map_lanes(const Space& space, const std::array<Walk, N>& walks, F f, Real* out) {
  constexpr auto each = std::make_index_sequence<N>();
  if (space.rows == 1) {  // one long row: cut it
    parallel_for(pieces_of(space.columns, detail::tile_elements), [&](Index tile) {
      const Index from = tile * detail::tile_elements;
      detail::Row<N> row = detail::row_at(space, walks, 0);
      for (std::size_t k = 0; k < N; ++k) row.at[k] += row.moves[k] ? from : 0;
      detail::map_row(out + from, std::min(detail::tile_elements, space.columns - from), row, f,
                      each);
    });
  } else {
    const Index rows = std::max<Index>(1, detail::tile_elements / space.columns);
    parallel_for(pieces_of(space.rows, rows), [&](Index tile) {
      const Index stop = std::min(space.rows, (tile + 1) * rows);
      for (Index r = tile * rows; r < stop; ++r) {
        const detail::Row<N> row = detail::row_at(space, walks, r);
        detail::map_row(out + r * space.columns, space.columns, row, f, each);
      }
    });
  }
}

}  // namespace heed::inline HEED_REAL
