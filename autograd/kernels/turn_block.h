// A square of numbers, rows becoming columns, in registers. Internal.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "autograd/kernels/lane.h"

namespace heed::inline HEED_REAL {

namespace detail {

constexpr auto turn_side = static_cast<std::size_t>(Lane::size);
// Processors move numbers within 128 bits, and such parts as a whole, in one step each.
constexpr std::size_t turn_part = std::min(turn_side, 16 / sizeof(Real));

// Two rows shuffled as a pack of cards is, by pieces of `Unit` numbers: of every `Span` numbers the
// first half of both (`Half` 0) or the second one, in turns.
template <std::size_t Half, std::size_t Span, std::size_t Unit, std::size_t... I>
Lane::Numbers shuffled(Lane::Numbers a, Lane::Numbers b, std::index_sequence<I...>) {
  return __builtin_shufflevector(
      a, b,
      (I / Unit % 2 * turn_side + I / Span * Span + Half * Span / 2 + I % Span / (2 * Unit) * Unit +
       I % Unit)...);
}

using TurnRows = std::array<Lane::Numbers, turn_side>;

// Number (i, j) moves: the first digit of i, in base two, to the end of j's, and the first of j's
// to the end of i. Of j those digits alone that count units within a span.
template <std::size_t Span, std::size_t Unit>
TurnRows digits_exchanged(const TurnRows& rows) {
  constexpr std::size_t half = turn_side / 2;
  constexpr auto places = std::make_index_sequence<turn_side>();
  TurnRows mixed;
  for (std::size_t i = 0; i < half; ++i) {
    mixed[2 * i] = shuffled<0, Span, Unit>(rows[i], rows[i + half], places);
    mixed[2 * i + 1] = shuffled<1, Span, Unit>(rows[i], rows[i + half], places);
  }
  return mixed;
}

}  // namespace detail

// to[j * to_stride + i] = made(from[i * from_stride + j]), i, j < Lane::size; made takes and gives
// the lane of all j.
template <class Made>
void turn_block(Real* to, Index to_stride, const Real* from, Index from_stride, Made made) {
  constexpr std::size_t side = detail::turn_side, part = detail::turn_part;
  // Written out by the compiler, so that all rows stay in registers.
  const auto for_rows = [](auto work) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (work(I), ...);
    }(std::make_index_sequence<side>());
  };
  detail::TurnRows rows;
  for_rows([&](std::size_t i) {
    const Lane row = made(Lane::load(from + static_cast<Index>(i) * from_stride));
    rows[i] = std::bit_cast<Lane::Numbers>(row.batch());
  });
  // First the digits that count parts, then those within one: then i and j have changed places.
  using detail::digits_exchanged;
  for (std::size_t n = side / part; n > 1; n /= 2) rows = digits_exchanged<side, part>(rows);
  for (std::size_t n = part; n > 1; n /= 2) rows = digits_exchanged<part, 1>(rows);
  for_rows([&](std::size_t j) {
    Lane(std::bit_cast<Lane::Batch>(rows[j])).store(to + static_cast<Index>(j) * to_stride);
  });
}

inline void turn_block(Real* to, Index to_stride, const Real* from, Index from_stride) {
  turn_block(to, to_stride, from, from_stride, [](Lane row) { return row; });
}

}  // namespace heed::inline HEED_REAL
