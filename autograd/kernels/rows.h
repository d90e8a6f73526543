// Loops over the rows of a tensor (its last axis), for the fused kernels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "autograd/kernels/lane_functions.h"
#include "autograd/shape.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

constexpr Real minus_infinity = -std::numeric_limits<Real>::infinity();

// How many rows: the product of all extents but the last. 0 when the rows are empty.
inline Index row_count(const Shape& shape) {
  return shape.size() == 0 ? 0 : shape.size() / shape[-1];
}

// Rows that one tile works on. Depends on the width only, so results do not depend on the threads.
inline Index rows_a_tile(Index width) {
  constexpr Index elements = Index{1} << 15;
  return std::max<Index>(1, elements / std::max<Index>(1, width));
}

inline Index tile_count(Index rows, Index width) {
  const Index height = rows_a_tile(width);
  return (rows + height - 1) / height;
}

// work(tile, first, last) for tiles of whole rows, spread over the threads.
template <class Work>
void for_row_tiles(Index rows, Index width, Work work) {
  const Index height = rows_a_tile(width);
  parallel_for(tile_count(rows, width),
               [&](Index tile) { work(tile, tile * height, std::min(rows, (tile + 1) * height)); });
}

// work(i, count) for the lanes of elements i to i + count - 1; all but the last are full.
template <class Work>
void for_lanes(Index n, Work work) {
  Index i = 0;
  for (; i + Lane::size <= n; i += Lane::size) work(i, Lane::size);
  if (i < n) work(i, n - i);
}

// The elements behind `count` are zero.
inline Lane load_lane(const Real* from, Index count) {
  return count == Lane::size ? Lane::load(from) : Lane::load_part(from, count);
}

inline void store_lane(Lane value, Real* to, Index count) {
  if (count == Lane::size) {
    value.store(to);
  } else {
    value.store_part(to, count);
  }
}

// The same lane with zeros behind `count`.
inline Lane first_of(Lane value, Index count) {
  if (count == Lane::size) return value;
  alignas(64) Real part[static_cast<std::size_t>(Lane::size)];
  value.store(part);
  return Lane::load_part(part, count);
}

// The sum of term(i, count) over the lanes of a row. Four sums side by side, because each addition
// would have to wait for the one before. A term is a Lane or what adds up like one.
template <class Term>
auto sum_lanes(Index n, Term term) {
  constexpr Index step = Lane::size;
  decltype(term(0, step)) a, b, c, d;
  Index i = 0;
  for (; i + 4 * step <= n; i += 4 * step) {
    a += term(i, step);
    b += term(i + step, step);
    c += term(i + 2 * step, step);
    d += term(i + 3 * step, step);
  }
  for (; i + step <= n; i += step) a += term(i, step);
  if (i < n) b += first_of(term(i, n - i), n - i);
  return sum_of((a + b) + (c + d));
}

inline Real sum_row(const Real* x, Index n) {
  return sum_lanes(n, [&](Index i, Index count) { return load_lane(x + i, count); });
}

inline Real dot(const Real* a, const Real* b, Index n) {
  return sum_lanes(
      n, [&](Index i, Index count) { return load_lane(a + i, count) * load_lane(b + i, count); });
}

// The largest number of a row. -inf says that there is nothing but -inf. Where there is a NaN it is
// NaN or any of the numbers, but not -inf: whoever takes exponentials of the row meets the NaN.
inline Real max_of_row(const Real* x, Index n) {
  constexpr Index step = Lane::size;
  Lane top(minus_infinity), other(minus_infinity);
  Index i = 0;
  for (; i + 2 * step <= n; i += 2 * step) {
    top = larger(top, Lane::load(x + i));
    other = larger(other, Lane::load(x + i + step));
  }
  for (; i + step <= n; i += step) top = larger(top, Lane::load(x + i));
  Real best = largest_of(larger(top, other));
  for (; i < n; ++i) best = std::max(best, x[i]);
  const auto is_nan = [](Real value) { return value != value; };
  if (best == minus_infinity && std::any_of(x, x + n, is_nan)) {
    return std::numeric_limits<Real>::quiet_NaN();
  }
  return best;
}

// out = e^(x - shift), of a row that exceeds the shift by no more than 88; returns the sum.
inline Real exp_row(const Real* x, Real shift, Real* out, Index n) {
  return sum_lanes(n, [&](Index i, Index count) {
    const Lane e = exp_up_to_88(load_lane(x + i, count) - Lane(shift));
    store_lane(e, out + i, count);
    return e;
  });
}

inline void scale_row(Real factor, Real* x, Index n) {
  for_lanes(n, [&](Index i, Index count) {
    store_lane(load_lane(x + i, count) * Lane(factor), x + i, count);
  });
}

// out = x where visible, `hidden` elsewhere.
inline void hide_row(const std::uint8_t* visible, const Real* x, Real hidden, Real* out, Index n) {
  for (Index i = 0; i < n; ++i) out[i] = visible[i] ? x[i] : hidden;
}

// dx = y * (g - mean), the derivative of softmax, where mean = g . y; dx may be g.
inline void softmax_gradient_row(const Real* y, const Real* g, Real mean, Real* dx, Index n) {
  const Lane middle(mean);
  for_lanes(n, [&](Index i, Index count) {
    store_lane(load_lane(y + i, count) * (load_lane(g + i, count) - middle), dx + i, count);
  });
}
inline void softmax_gradient_row(const Real* y, const Real* g, Real* dx, Index n) {
  softmax_gradient_row(y, g, dot(g, y, n), dx, n);
}

}  // namespace heed::inline HEED_REAL
