#include "autograd/kernels/fft.h"

#include <complex>
#include <cstdint>
#include <vector>

#include "autograd/kernels/lane_fft.h"
#include "autograd/kernels/lane_lines.h"
#include "autograd/kernels/pieces.h"
#include "autograd/ledger.h"
#include "autograd/storage.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// What a tile has for its own: two blocks of lanes, and what the transform itself takes.
struct Workshop {
  Real *a, *b, *room;
};

// NaN for rows that are not finite, 0 for others: frequency 0 is their plain sum.
Lane mark_of(ComplexLane sum) { return Lane(0.0) * sum.re + Lane(0.0) * sum.im; }

Index logarithm(Index n) {
  Index log = 0;
  while (Index{1} << log < n) ++log;
  return log;
}

// work(first line, workshop) for every block of lines, with room for `places` complex numbers.
template <class Work>
void for_blocks(const SampleAxis& axis, const LaneFourier& plan, Index places, Work work) {
  constexpr Index worth = Index{1} << 17;  // of work for a thread
  const Index rows = axis.outer * axis.inner;
  const Index block = places * LaneRows::width, taken = 2 * block + plan.room();
  const Pointer<Storage> memory = allocate(threads() * taken);
  const Index operations = axis.n * logarithm(axis.n);
  for_pieces(pieces_of(rows, Lane::size), operations * Lane::size, worth,
             [&](Index first, Index last) {
               Real* own = memory->data + thread_slot() * taken;
               const Workshop shop{own, own + block, own + 2 * block};
               for (Index i = first; i < last; ++i) work(i * Lane::size, shop);
             });
  // By convention: what a transform of radix 2 would take.
  count_cost(static_cast<std::uint64_t>(2 * rows * operations), 0);
}

// Even and odd samples of n real ones are the two parts of n / 2 complex ones, half the work. How
// both spectra become the one of all samples, and how that is taken apart again:
//   X_k = 1/2 (a + b) + f_k (a - b),  X_{n / 2 - k} = conj(1/2 (a + b) - f_k (a - b)),
// with a = Z_k, b = conj(Z_{n / 2 - k}), f_k = -i/2 e^{-2 pi i k / n}; and the same from X to Z,
// but for 1 instead of 1/2 and 2 conj(f_k) instead of f_k.
class Halves {
 public:
  Halves(Index n, bool apart) : half_(n / 2), level_(apart ? 1 : 0.5) {
    const std::vector<std::complex<double>> roots = roots_of_one(n);
    for (Index k = 0; k <= half_ / 2; ++k) {
      const auto root = roots[static_cast<std::size_t>(k)];
      const std::complex<double> i{0, 1};
      factors_.emplace_back(apart ? i * root : -0.5 * i * std::conj(root));
    }
  }

  // What becomes of a and b at k, and at n / 2 - k.
  std::pair<ComplexLane, ComplexLane> at(Index k, ComplexLane a, ComplexLane b) const {
    const ComplexLane sum = a + b;
    const ComplexLane level{level_ * sum.re, level_ * sum.im};
    const ComplexLane turned = (a - b) * factors_[static_cast<std::size_t>(k)];
    return {level + turned, conj(level - turned)};
  }

  // All but what is at 0 and n / 2.
  void between(LaneRows from, LaneRows to) const {
    for (Index k = 1; k <= half_ / 2; ++k) {
      const auto [near, far] = at(k, from.get(k), conj(from.get(half_ - k)));
      to.set(k, near);
      to.set(half_ - k, far);
    }
  }

 private:
  Index half_;
  Lane level_;
  std::vector<Factor> factors_;
};

void rfft_even(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y) {
  const Index half = axis.n / 2;
  const LaneFourier plan(half);
  const Halves halves(axis.n, false);
  const Lines samples{axis.outer, axis.n, axis.inner, 1}, bins{axis.outer, half + 1, axis.inner, 2};
  for_blocks(axis, plan, half + 1, [&](Index line, const Workshop& shop) {
    const LaneRows a(shop.a), b(shop.b);
    lines_to_lanes(samples, line, x, shop.a);
    plan.transform(a, b, shop.room);
    const ComplexLane sum = b.get(0);
    const Lane ends(factors.ends);
    a.set(0, {ends * (sum.re + sum.im), Lane(0.0)});
    a.set(half, {ends * (sum.re - sum.im), Lane(0.0)});
    halves.between(b, a);
    lanes_to_lines(bins, line, shop.a, factors.all, mark_of(sum), y);
  });
}

void rfft_odd(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y) {
  const Index n = axis.n;
  const LaneFourier plan(n);
  const Lines samples{axis.outer, n, axis.inner, 1}, bins{axis.outer, n / 2 + 1, axis.inner, 2};
  for_blocks(axis, plan, n, [&](Index line, const Workshop& shop) {
    const LaneRows a(shop.a), b(shop.b);
    lines_to_lanes(samples, line, x, shop.b);
    for (Index j = 0; j < n; ++j) a.set(j, {Lane::load(shop.b + j * Lane::size), Lane(0.0)});
    plan.transform(a, b, shop.room);
    const ComplexLane sum = b.get(0);
    b.set(0, {Lane(factors.ends) * sum.re, Lane(0.0)});
    lanes_to_lines(bins, line, shop.b, factors.all, mark_of(sum), y);
  });
}

void irfft_even(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y) {
  const Index half = axis.n / 2;
  const LaneFourier plan(half);
  const Halves halves(axis.n, true);
  const Lines samples{axis.outer, axis.n, axis.inner, 1}, bins{axis.outer, half + 1, axis.inner, 2};
  for_blocks(axis, plan, half + 1, [&](Index line, const Workshop& shop) {
    const LaneRows a(shop.a), b(shop.b);
    lines_to_lanes(bins, line, x, shop.a);
    const Lane ends(factors.ends), first = ends * a.get(0).re, last = ends * a.get(half).re;
    b.set(0, {first + last, first - last});
    halves.between(a, b);
    plan.transform(b.exchanged(), a.exchanged(), shop.room);
    lanes_to_lines(samples, line, shop.a, factors.all, mark_of(a.get(0)), y);
  });
}

void irfft_odd(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y) {
  const Index n = axis.n;
  const LaneFourier plan(n);
  const Lines samples{axis.outer, n, axis.inner, 1}, bins{axis.outer, n / 2 + 1, axis.inner, 2};
  for_blocks(axis, plan, n, [&](Index line, const Workshop& shop) {
    const LaneRows a(shop.a), b(shop.b);
    lines_to_lanes(bins, line, x, shop.a);
    a.set(0, {Lane(factors.ends) * a.get(0).re, Lane(0.0)});
    for (Index k = 1; k <= n / 2; ++k) a.set(n - k, conj(a.get(k)));
    plan.transform(a.exchanged(), b.exchanged(), shop.room);
    const Lane mark = mark_of(b.get(0));
    for (Index j = 0; j < n; ++j) b.get(j).re.store(shop.a + j * Lane::size);
    lanes_to_lines(samples, line, shop.a, factors.all, mark, y);
  });
}

}  // namespace

void fft_rows(const SampleAxis& axis, bool inverse, double factor, const Real* x, Real* y) {
  const LaneFourier plan(axis.n);
  const Lines lines{axis.outer, axis.n, axis.inner, 2};
  for_blocks(axis, plan, axis.n, [&](Index line, const Workshop& shop) {
    const LaneRows a(shop.a), b(shop.b);
    lines_to_lanes(lines, line, x, shop.a);
    if (inverse) {
      plan.transform(a.exchanged(), b.exchanged(), shop.room);
    } else {
      plan.transform(a, b, shop.room);
    }
    lanes_to_lines(lines, line, shop.b, factor, mark_of(b.get(0)), y);
  });
}

void rfft_rows(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y) {
  (axis.n % 2 == 0 ? rfft_even : rfft_odd)(axis, factors, x, y);
}

void irfft_rows(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y) {
  (axis.n % 2 == 0 ? irfft_even : irfft_odd)(axis, factors, x, y);
}

}  // namespace heed::inline HEED_REAL
