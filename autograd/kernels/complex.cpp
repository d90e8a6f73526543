#include "autograd/kernels/complex.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "autograd/kernels/pieces.h"
#include "autograd/kernels/rows.h"

namespace heed::inline HEED_REAL {
namespace {

// Number I of the result is number (I & kept) | added of a, of complex numbers their real parts
// twice, their imaginary ones twice.
template <std::size_t kept, std::size_t added, std::size_t... I>
Lane picked(Lane a, std::index_sequence<I...>) {
  const auto numbers = std::bit_cast<Lane::Numbers>(a.batch());
  return std::bit_cast<Lane::Batch>(
      __builtin_shufflevector(numbers, numbers, ((I & kept) | added)...));
}
template <std::size_t... I>
Lane exchanged(Lane a, std::index_sequence<I...>) {
  const auto numbers = std::bit_cast<Lane::Numbers>(a.batch());
  return std::bit_cast<Lane::Batch>(__builtin_shufflevector(numbers, numbers, (I ^ 1)...));
}

constexpr auto all = std::make_index_sequence<Lane::Batch::size>();

// even, odd, even, odd ...
Lane in_turns(Real even, Real odd) {
  alignas(64) Real numbers[static_cast<std::size_t>(Lane::size)];
  for (Index i = 0; i < Lane::size; ++i) numbers[i] = i % 2 == 0 ? even : odd;
  return Lane::load(numbers);
}

constexpr Index tile = Index{1} << 14;  // of Reals

}  // namespace

void multiply_complex(Repeated a, Repeated b, bool conjugate, Real* y) {
  const Index n = 2 * std::max(a.period, b.period), run = 2 * std::min(a.period, b.period);
  // (p + i q) (r + i s) = p r - q s + i (q r + p s).
  const Lane signs = conjugate ? in_turns(1, -1) : in_turns(-1, 1);
  const auto multiply = [&](const Real* u, const Real* v, Real* to, Index count) {
    for_lanes(count, [&](Index i, Index some) {
      const Lane p = load_lane(u + i, some), r = load_lane(v + i, some);
      const Lane turned = exchanged(p, all) * signs;
      store_lane(fma(turned, picked<~std::size_t{0}, 1>(r, all),
                     p * picked<~std::size_t{1}, 0>(r, all)),
                 to + i, some);
    });
  };
  const Index whole = std::min(run, tile);  // a run may be cut, and several may be joined
  const Index pieces = pieces_of(run, whole);
  for_pieces(n / std::max<Index>(1, run) * pieces, whole, tile, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Index begin = i / pieces * run + i % pieces * whole;
      multiply(a.numbers + begin % (2 * a.period), b.numbers + begin % (2 * b.period), y + begin,
               std::min(whole, run - i % pieces * whole));
    }
  });
}

void conjugate_complex(Index n, const Real* x, Real* y) {
  const Lane signs = in_turns(1, -1);
  for_pieces(pieces_of(2 * n, tile), tile, tile, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Index begin = i * tile;
      for_lanes(std::min(tile, 2 * n - begin), [&](Index k, Index some) {
        store_lane(load_lane(x + begin + k, some) * signs, y + begin + k, some);
      });
    }
  });
}

}  // namespace heed::inline HEED_REAL
