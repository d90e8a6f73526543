#include "autograd/kernels/strided_copy.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "autograd/kernels/lane.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/turn_block.h"
#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr Index tile_elements = Index{1} << 15;

struct Axis {
  Index extent, to, from;
};

// Axes of extent 1 dropped, neighbours merged where both sides step through them as through one.
// The last two make a plane: rows, and along each of them the columns, where the result lies
// contiguously if it does anywhere.
struct Merged {
  std::array<Axis, Shape::max_rank> axes;
  int rank = 0;

  Merged(const Shape& shape, const Strides& to, const Strides& from) {
    for (int i = 0; i < shape.rank(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      const Axis axis{shape.begin()[i], to[k], from[k]};
      if (axis.extent == 1) continue;
      if (rank > 0) {
        Axis& last = axes[static_cast<std::size_t>(rank) - 1];
        if (last.to == axis.to * axis.extent && last.from == axis.from * axis.extent) {
          last = {last.extent * axis.extent, axis.to, axis.from};
          continue;
        }
      }
      axes[static_cast<std::size_t>(rank++)] = axis;
    }
    while (rank < 2) {
      std::move_backward(axes.begin(), axes.begin() + rank, axes.begin() + rank + 1);
      axes[0] = {1, 0, 0};
      ++rank;
    }
    move_to(rank - 1, [](const Axis& axis) { return axis.to == 1; });
    move_to(rank - 2, [](const Axis& axis) { return axis.from == 1; });
    // Long lines, however far apart their numbers are, beat short ones.
    if (columns().extent < Lane::size && columns().extent < rows().extent) {
      std::swap(axes[static_cast<std::size_t>(rank) - 2], axes[static_cast<std::size_t>(rank) - 1]);
    }
  }

  const Axis& columns() const { return axes[static_cast<std::size_t>(rank) - 1]; }
  const Axis& rows() const { return axes[static_cast<std::size_t>(rank) - 2]; }

 private:
  // The first axis up to `place` that is asked for comes there.
  template <class Asked>
  void move_to(int place, Asked asked) {
    const auto end = axes.begin() + place + 1;
    const auto found = std::find_if(axes.begin(), end, asked);
    if (found != end) std::rotate(found, found + 1, end);
  }
};

// Part of a plane.
struct Piece {
  Real* to;
  const Real* from;
  Axis rows, columns;

  Piece part(Index row, Index row_count, Index column, Index column_count) const {
    return {to + row * rows.to + column * columns.to,
            from + row * rows.from + column * columns.from,
            {row_count, rows.to, rows.from},
            {column_count, columns.to, columns.from}};
  }
};

void copy_line(Real* to, const Real* from, const Axis& axis) {
  if (axis.to == 1 && axis.from == 1) {
    Index i = 0;  // lines are often short: no call
    for (; i + Lane::size <= axis.extent; i += Lane::size) Lane::load(from + i).store(to + i);
    for (; i < axis.extent; ++i) to[i] = from[i];
  } else if (axis.to == 1 && axis.from == 0) {
    std::fill_n(to, axis.extent, *from);
  } else {
    for (Index i = 0; i < axis.extent; ++i) to[i * axis.to] = from[i * axis.from];
  }
}

void copy_lines(const Piece& piece) {
  if (piece.columns.extent == 0) return;
  for (Index i = 0; i < piece.rows.extent; ++i) {
    copy_line(piece.to + i * piece.rows.to, piece.from + i * piece.rows.from, piece.columns);
  }
}

// The result is contiguous along the columns, the source along the rows.
bool is_turned(const Axis& rows, const Axis& columns) {
  return columns.to == 1 && rows.from == 1 && std::min(rows.extent, columns.extent) >= Lane::size;
}

// A line of the cache: what is read or written of it in two goes is fetched in two.
constexpr Index line = std::max<Index>(Lane::size, 64 / sizeof(Real));
// Which way the squares of a plane are taken: with lanes of half a line, along the result takes
// half the time. With lanes of a whole one that has not been measured; it stays along the source.
constexpr bool along_result = Lane::size < line;

void turn_square(const Piece& square) {
  constexpr Index side = Lane::size;
  // Of the next square: many short reads in parallel are no pattern that processors foresee.
  const Index next = along_result ? line * square.columns.from : line;
  for (Index k = 0; k < square.columns.extent; ++k) {
    __builtin_prefetch(square.from + k * square.columns.from + next);
  }
  for (Index j = 0; j < square.columns.extent; j += side) {
    for (Index i = 0; i < square.rows.extent; i += side) {
      const Piece block = square.part(i, side, j, side);
      turn_block(block.to, block.rows.to, block.from, block.columns.from);
    }
  }
}

void turn(const Piece& piece) {
  const Index rows = piece.rows.extent / Lane::size * Lane::size;
  const Index columns = piece.columns.extent / Lane::size * Lane::size;
  const auto square = [&](Index i, Index j) {
    turn_square(piece.part(i, std::min(line, rows - i), j, std::min(line, columns - j)));
  };
  if constexpr (along_result) {
    for (Index i = 0; i < rows; i += line) {
      for (Index j = 0; j < columns; j += line) square(i, j);
    }
  } else {
    for (Index j = 0; j < columns; j += line) {
      for (Index i = 0; i < rows; i += line) square(i, j);
    }
  }
  copy_lines(piece.part(0, rows, columns, piece.columns.extent - columns));
  copy_lines(piece.part(rows, piece.rows.extent - rows, 0, piece.columns.extent));
}

// How many rows and columns of a plane to take at a time.
struct PieceSize {
  Index rows, columns;
};
PieceSize lines_piece(const Axis& rows, const Axis& columns) {
  const Index wide = std::min(columns.extent, tile_elements);
  return {std::min(rows.extent, tile_elements / wide), wide};
}
PieceSize turned_piece(const Axis& rows, const Axis& columns) {
  const auto other = [](Index taken) { return tile_elements / taken / line * line; };
  if constexpr (along_result) {
    const Index wide = std::min<Index>(columns.extent, 256);
    return {std::min(rows.extent, other(wide)), wide};
  }
  const Index high = std::min(rows.extent, tile_elements / line);
  return {high, std::min(columns.extent, other(high))};
}

}  // namespace

Strides contiguous_strides(const Shape& shape) {
  Strides strides{};
  Index step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = step;
    step *= shape.begin()[axis];
  }
  return strides;
}

void rearrange(const Shape& shape, Real* to, const Strides& to_strides, const Real* from,
               const Strides& from_strides) {
  if (shape.size() == 0) return;
  const Merged merged(shape, to_strides, from_strides);
  const Axis &rows = merged.rows(), &columns = merged.columns();
  const bool turned = is_turned(rows, columns);
  // Planes are cut into pieces, or several small ones make a tile.
  const PieceSize size = turned ? turned_piece(rows, columns) : lines_piece(rows, columns);
  const Index high = size.rows, wide = size.columns;
  const Index down = pieces_of(rows.extent, high), across = pieces_of(columns.extent, wide);
  const Index pieces = shape.size() / (rows.extent * columns.extent) * down * across;
  for_pieces(pieces, high * wide, tile_elements, [&](Index p, Index stop) {
    for (; p < stop; ++p) {
      Piece plane{to, from, rows, columns};
      Index rest = p / (down * across);
      for (int i = merged.rank - 3; i >= 0; --i) {
        const Axis& axis = merged.axes[static_cast<std::size_t>(i)];
        plane.to += rest % axis.extent * axis.to;
        plane.from += rest % axis.extent * axis.from;
        rest /= axis.extent;
      }
      const Index i = p / across % down * high, j = p % across * wide;
      const Piece piece =
          plane.part(i, std::min(high, rows.extent - i), j, std::min(wide, columns.extent - j));
      turned ? turn(piece) : copy_lines(piece);
    }
  });
}

void strided_copy(const Shape& shape, Real* to, const Strides& to_strides, const Real* from,
                  const Strides& from_strides) {
  rearrange(shape, to, to_strides, from, from_strides);
  count_cost(0, 2 * static_cast<std::uint64_t>(shape.size()) * sizeof(Real));
}

void turn_matrix(Index rows, Index columns, const Real* from, Real* to) {
  rearrange({columns, rows}, to, {rows, 1}, from, {1, columns});
}

}  // namespace heed::inline HEED_REAL
