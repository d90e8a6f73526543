#include "autograd/kernels/lane_lines.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "autograd/kernels/turn_block.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr Index side = Lane::size;

// How the lines lie in memory.
enum class Lie { rows, beside, apart };

Lie lie_of(const Lines& lines, Index first) {
  if (first % lines.inner + side <= lines.inner) return Lie::beside;
  return lines.inner == 1 && first + side <= lines.count() ? Lie::rows : Lie::apart;
}

constexpr auto places = std::make_index_sequence<Lane::Batch::size>();

// Every second number of two lanes, from the first or from the second on.
template <std::size_t First, std::size_t... I>
Lane every_second(Lane a, Lane b, std::index_sequence<I...>) {
  const auto left = std::bit_cast<Lane::Numbers>(a.batch());
  const auto right = std::bit_cast<Lane::Numbers>(b.batch());
  return std::bit_cast<Lane::Batch>(__builtin_shufflevector(left, right, (First + 2 * I)...));
}

// A number of one lane and a number of the other in turns, from number `First` of each on. xsimd
// interleaves whole batches in some of its versions and parts of 128 bits in others.
template <std::size_t First, std::size_t... I>
Lane in_turns(Lane a, Lane b, std::index_sequence<I...>) {
  const auto left = std::bit_cast<Lane::Numbers>(a.batch());
  const auto right = std::bit_cast<Lane::Numbers>(b.batch());
  return std::bit_cast<Lane::Batch>(__builtin_shufflevector(
      left, right, (First + I / 2 + I % 2 * Lane::Batch::size)...));
}

void beside_to_lanes(const Lines& lines, const Real* from, Real* to) {
  for (Index k = 0; k < lines.places; ++k, from += lines.step(), to += lines.parts * side) {
    if (lines.parts == 1) {
      Lane::load(from).store(to);
    } else {
      const Lane a = Lane::load(from), b = Lane::load(from + side);
      every_second<0>(a, b, places).store(to);
      every_second<1>(a, b, places).store(to + side);
    }
  }
}

// What becomes of a lane on its way to the lines.
struct Finish {
  Lane factor, added;
  Lane operator()(Lane x) const { return fma(x, factor, added); }
};

void lanes_to_beside(const Lines& lines, const Real* from, Finish finish, Real* to) {
  const auto made = [&](const Real* at) { return finish(Lane::load(at)); };
  for (Index k = 0; k < lines.places; ++k, from += lines.parts * side, to += lines.step()) {
    if (lines.parts == 1) {
      made(from).store(to);
    } else {
      const Lane re = made(from), im = made(from + side);
      in_turns<0>(re, im, places).store(to);
      in_turns<Lane::Batch::size / 2>(re, im, places).store(to + side);
    }
  }
}

void rows_to_lanes(Index n, const Real* from, Real* to) {
  Index j = 0;
  for (; j + side <= n; j += side) turn_block(to + j * side, side, from + j, n);
  for (; j < n; ++j) {
    for (Index i = 0; i < side; ++i) to[j * side + i] = from[i * n + j];
  }
}

void lanes_to_rows(Index n, const Real* from, Finish finish, Real* to) {
  Index j = 0;
  for (; j + side <= n; j += side) turn_block(to + j, n, from + j * side, side, finish);
  for (; j < n; ++j) {
    Real lane[side];
    finish(Lane::load(from + j * side)).store(lane);
    for (Index i = 0; i < side; ++i) to[i * n + j] = lane[i];
  }
}

// work(offset among the numbers of x, offset among the lanes) for every number of some lines.
template <class Work>
void one_by_one(const Lines& lines, Index first, Work work) {
  const Index count = std::min(side, lines.count() - first);
  for (Index i = 0; i < count; ++i) {
    const Index start = lines.start(first + i);
    for (Index k = 0; k < lines.places; ++k) {
      for (Index part = 0; part < lines.parts; ++part) {
        work(start + k * lines.step() + part, (k * lines.parts + part) * side + i);
      }
    }
  }
}

}  // namespace

void lines_to_lanes(const Lines& lines, Index first, const Real* x, Real* to) {
  const Real* from = x + lines.start(first);
  switch (lie_of(lines, first)) {
    case Lie::rows: return rows_to_lanes(lines.lanes(), from, to);
    case Lie::beside: return beside_to_lanes(lines, from, to);
    case Lie::apart: break;
  }
  if (first + side > lines.count()) std::fill_n(to, lines.lanes() * side, Real{0});
  one_by_one(lines, first, [&](Index at, Index lane) { to[lane] = x[at]; });
}

void lanes_to_lines(const Lines& lines, Index first, Real* from, Lane factor, Lane added, Real* y) {
  Real* to = y + lines.start(first);
  const Finish finish{factor, added};
  switch (lie_of(lines, first)) {
    case Lie::rows: return lanes_to_rows(lines.lanes(), from, finish, to);
    case Lie::beside: return lanes_to_beside(lines, from, finish, to);
    case Lie::apart: break;
  }
  for (Index j = 0; j < lines.lanes(); ++j) {
    finish(Lane::load(from + j * side)).store(from + j * side);
  }
  one_by_one(lines, first, [&](Index at, Index lane) { y[at] = from[lane]; });
}

}  // namespace heed::inline HEED_REAL
