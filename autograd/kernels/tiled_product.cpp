#include "autograd/kernels/tiled_product.h"

#include <algorithm>
#include <cmath>

#include "autograd/kernels/lane.h"
#include "autograd/kernels/pieces.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr Index tile_rows = 6, tile_columns = 2 * Lane::size;
constexpr Index block_rows = 128, block_depth = 256;

// A tile of the result, and what it takes of the factors.
struct Tile {
  Index k;
  Real alpha;
  const Real* a;
  Index a_stride;
  const Real* b;
  Index b_stride;
  Real beta;
  Real* c;
  Index c_stride;
};

// Both loops over what is summed up are unrolled: registers cannot be counted through, and in two
// steps at once g++ reads each lane of b once, not for every row.
template <bool Turned, Index Lanes, Index Rows>
void make_tile(const Tile& t) {
  Lane sums[Rows][Lanes];
  const Real *a = t.a, *b = t.b;
#pragma GCC unroll 2
  for (Index l = 0; l < t.k; ++l) {
    Lane right[Lanes];
    for (Index j = 0; j < Lanes; ++j) right[j] = Lane::load(b + j * Lane::size);
    for (Index r = 0; r < Rows; ++r) {
      const Lane left(a[Turned ? r : r * t.a_stride]);
      for (Index j = 0; j < Lanes; ++j) sums[r][j] = fma(left, right[j], sums[r][j]);
    }
    a += Turned ? t.a_stride : 1;
    b += t.b_stride;
  }
#pragma GCC unroll 6
  for (Index r = 0; r < Rows; ++r) {
#pragma GCC unroll 2
    for (Index j = 0; j < Lanes; ++j) {
      Real* const c = t.c + r * t.c_stride + j * Lane::size;
      const Lane sum = Lane(t.alpha) * sums[r][j];
      (t.beta == 0 ? sum : fma(Lane(t.beta), Lane::load(c), sum)).store(c);
    }
  }
}

template <bool Turned, Index Lanes>
void make_tile(Index rows, const Tile& t) {
  static_assert(tile_rows == 6);
  (rows == 6   ? make_tile<Turned, Lanes, 6>
   : rows == 5 ? make_tile<Turned, Lanes, 5>
   : rows == 4 ? make_tile<Turned, Lanes, 4>
   : rows == 3 ? make_tile<Turned, Lanes, 3>
   : rows == 2 ? make_tile<Turned, Lanes, 2>
               : make_tile<Turned, Lanes, 1>)(t);
}

void make_tile(Index rows, Index wide, bool turned, const Tile& t) {
  (wide > Lane::size ? (turned ? make_tile<true, 2> : make_tile<false, 2>)
                     : (turned ? make_tile<true, 1> : make_tile<false, 1>))(rows, t);
}

// The last columns, fewer than `wide`: made beside the result, of which nothing else is touched.
void make_part_of_tile(Index rows, Index columns, Index wide, bool turned, Tile t) {
  alignas(64) Real made[tile_rows * tile_columns];
  Real* const c = t.c;
  const Index stride = t.c_stride;
  const Real beta = t.beta;
  t.beta = 0;
  t.c = made;
  t.c_stride = wide;
  make_tile(rows, wide, turned, t);
  for (Index r = 0; r < rows; ++r) {
    for (Index j = 0; j < columns; ++j) {
      const Real sum = made[r * wide + j];
      Real& to = c[r * stride + j];
      to = beta == 0 ? sum : std::fma(beta, to, sum);
    }
  }
}

// Rows cut into as few tiles as there can be, about equal: the sums of one row alone would wait for
// each other.
class TileRows {
 public:
  explicit TileRows(Index rows) : rows_(rows), tiles_(pieces_of(rows, tile_rows)) {}
  Index tiles() const { return tiles_; }
  Index first(Index tile) const {
    return tile * (rows_ / tiles_) + std::min(tile, rows_ % tiles_);
  }
  Index count(Index tile) const { return first(tile + 1) - first(tile); }

 private:
  Index rows_, tiles_;
};

// The first columns of b as a panel of `wide`, with zeros behind them: a lane is read whole.
void lay_side_by_side(const Matrix& b, Index depth, Index columns, Index wide, Real* panel) {
  if (columns < wide) std::fill_n(panel, depth * wide, Real{0});
  for (Index l = 0; l < depth; ++l, panel += wide) {
    const Real* const from = b.data + l * b.stride;
    Index j = 0;
    for (; j + Lane::size <= columns; j += Lane::size) Lane::load(from + j).store(panel + j);
    for (; j < columns; ++j) panel[j] = from[j];
  }
}

// A block of a that is stored the other way round, tile by tile.
void lay_tile_by_tile(const Matrix& a, const TileRows& rows, Index depth, Real* block) {
  constexpr Index some = 4;
  for (Index tile = 0; tile < rows.tiles(); ++tile) {
    const Index count = rows.count(tile);
    const Real* from = a.data + rows.first(tile);
    Real* to = block + rows.first(tile) * depth;
    for (Index l = 0; l < depth; ++l, from += a.stride, to += count) {
      if (count >= some) {  // 4, 5 or 6 are two copies of a size that the compiler knows
        std::copy_n(from, some, to);
        std::copy_n(from + count - some, some, to + count - some);
      } else {
        std::copy_n(from, count, to);
      }
    }
  }
}

// What was measured with AVX2. In few columns a block is not read often enough to pay for a copy,
// and by few rows a panel is not.
bool worth_a_copy_of_left(const Matrix& a, Index n) {
  return a.transposed && a.stride >= 256 && n >= 96;
}
bool worth_a_copy_of_right(const Matrix& b, Index m) { return b.stride >= 128 && m >= 64; }

}  // namespace

void multiply_in_tiles(Index m, Index n, Index k, Real alpha, Matrix a, Matrix b, Real beta,
                       Real* c, Index c_stride) {
  alignas(64) Real panel[block_depth * tile_columns];
  alignas(64) Real block[block_rows * block_depth];
  const bool copies_a = worth_a_copy_of_left(a, n), copies_b = worth_a_copy_of_right(b, m);
  const Index height = even_piece(m, block_rows), most = even_piece(k, block_depth);
  for (Index i = 0; i < m; i += height) {
    const TileRows rows(std::min(height, m - i));
    for (Index l = 0; l < k; l += most) {
      const Index depth = std::min(most, k - l);
      if (copies_a) lay_tile_by_tile(a.from(i, l), rows, depth, block);
      for (Index j = 0; j < n; j += tile_columns) {
        const Index columns = std::min(tile_columns, n - j);
        const Index wide = rounded_up(columns, Lane::size);
        Matrix right = b.from(l, j);
        if (columns < wide || copies_b) {
          lay_side_by_side(right, depth, columns, wide, panel);
          right = {panel, wide};
        }
        for (Index tile = 0; tile < rows.tiles(); ++tile) {
          const Index first = rows.first(tile), count = rows.count(tile);
          const Matrix left =
              copies_a ? Matrix{block + first * depth, count, true} : a.from(i + first, l);
          const Tile t{depth, alpha, left.data, left.stride, right.data, right.stride,
                       l == 0 ? beta : 1, c + (i + first) * c_stride + j, c_stride};
          if (columns < wide) {
            make_part_of_tile(count, columns, wide, left.transposed, t);
          } else {
            make_tile(count, wide, left.transposed, t);
          }
        }
      }
    }
  }
}

}  // namespace heed::inline HEED_REAL
