// A square of numbers, rows becoming columns, in registers. Internal.
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "autograd/kernels/lane.h"

namespace heed::inline HEED_REAL {

namespace detail {

constexpr auto turn_side = static_cast<std::size_t>(Lane::size);

// a0 b0 a1 b1 ... from place `First` on. xsimd interleaves whole batches in some of its versions
// and parts of 128 bits in others.
template <std::size_t First, std::size_t... I>
Lane::Numbers interleave(Lane::Numbers a, Lane::Numbers b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, (First + I / 2 + I % 2 * turn_side)...);
}

}  // namespace detail

// to[j * to_stride + i] = from[i * from_stride + j], i, j < Lane::size.
inline void turn_block(Real* to, Index to_stride, const Real* from, Index from_stride) {
  constexpr std::size_t side = detail::turn_side, half = side / 2;
  constexpr auto places = std::make_index_sequence<side>();
  std::array<Lane::Numbers, side> rows, mixed;
  for (std::size_t i = 0; i < side; ++i) {
    std::memcpy(&rows[i], from + static_cast<Index>(i) * from_stride, sizeof(rows[i]));
  }
  // Number (i, j) moves as a perfect shuffle moves cards: each step takes the first digit of i, in
  // base two, to the end of j, and the first of j to the end of i. After all digits i and j have
  // changed places.
  for (std::size_t digit = 1; digit < side; digit *= 2) {
    for (std::size_t i = 0; i < half; ++i) {
      mixed[2 * i] = detail::interleave<0>(rows[i], rows[i + half], places);
      mixed[2 * i + 1] = detail::interleave<half>(rows[i], rows[i + half], places);
    }
    rows = mixed;
  }
  for (std::size_t j = 0; j < side; ++j) {
    std::memcpy(to + static_cast<Index>(j) * to_stride, &rows[j], sizeof(rows[j]));
  }
}

}  // namespace heed::inline HEED_REAL
