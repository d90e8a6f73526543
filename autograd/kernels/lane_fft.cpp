#include "autograd/kernels/lane_fft.h"

#include <array>
#include <cstddef>
#include <numbers>

namespace heed::inline HEED_REAL {
namespace {

using Complex = std::complex<double>;

std::size_t size_of(Index n) { return static_cast<std::size_t>(n); }

// Up to this prime factor p, p^2 products of p numbers are the shorter way.
constexpr std::size_t most_odd = 59;

Index largest_factor(Index n) {
  Index largest = 1;
  for (Index p = 2; p * p <= n; ++p) {
    for (; n % p == 0; n /= p) largest = p;
  }
  return std::max(largest, n);
}

// Few passes over the memory: as many eights as there are, and a four or a two at most. Eights
// last: the last join is the one of most calls and needs no turns.
std::vector<Index> radices_of(Index n) {
  std::vector<Index> radices;
  for (const Index p : {8, 4, 2}) {
    for (; n % p == 0; n /= p) radices.push_back(p);
  }
  for (Index p = 3; n > 1; p += 2) {
    for (; n % p == 0; n /= p) radices.push_back(p);
  }
  std::reverse(radices.begin(), radices.end());
  return radices;
}

ComplexLane times_minus_i(ComplexLane z) { return {z.im, -z.re}; }

template <std::size_t P>
using Numbers = std::array<ComplexLane, P>;

// The transform of P numbers. In registers if inlined only, and g++ finds that of 8 too long.
inline Numbers<2> transformed(const Numbers<2>& z) { return {z[0] + z[1], z[0] - z[1]}; }

[[gnu::always_inline]] inline Numbers<4> transformed(const Numbers<4>& z) {
  const auto [a, b] = transformed(Numbers<2>{z[0], z[2]});
  const auto [c, d] = transformed(Numbers<2>{z[1], z[3]});
  const ComplexLane turned = times_minus_i(d);
  return {a + c, b + turned, a - c, b - turned};
}

[[gnu::always_inline]] inline Numbers<8> transformed(const Numbers<8>& z) {
  const Numbers<4> a = transformed(Numbers<4>{z[0], z[2], z[4], z[6]});
  const Numbers<4> b = transformed(Numbers<4>{z[1], z[3], z[5], z[7]});
  const Lane root_half(std::numbers::sqrt2 / 2);
  const ComplexLane b1{(b[1].re + b[1].im) * root_half, (b[1].im - b[1].re) * root_half};
  const ComplexLane b2 = times_minus_i(b[2]);
  const ComplexLane b3{(b[3].im - b[3].re) * root_half, -((b[3].re + b[3].im) * root_half)};
  return {a[0] + b[0], a[1] + b1, a[2] + b2, a[3] + b3,
          a[0] - b[0], a[1] - b1, a[2] - b2, a[3] - b3};
}

// Number k of each of the P rows, `step` apart, to numbers k, k + rest, ...
template <std::size_t P, bool turned>
void join_at(const Factor* turns, LaneRows from, Index step, LaneRows to, Index rest) {
  Numbers<P> z;
  z[0] = from.get(0);
  for (std::size_t j = 1; j < P; ++j) {
    z[j] = from.get(static_cast<Index>(j) * step);
    if constexpr (turned) z[j] = z[j] * turns[j - 1];
  }
  z = transformed(z);
  for (std::size_t j = 0; j < P; ++j) to.set(static_cast<Index>(j) * rest, z[j]);
}

template <std::size_t P>
void join_even(const Factor* turns, LaneRows from, Index step, LaneRows to, Index rest) {
  join_at<P, false>(turns, from, step, to, rest);
  for (Index k = 1; k < rest; ++k) {
    join_at<P, true>(turns + k * static_cast<Index>(P - 1), from.from(k), step, to.from(k), rest);
  }
}

// Of an odd radix, known to the compiler or not (0): numbers j and p - j together, whose factors
// are conjugates of each other.
template <std::size_t P>
void join_odd(std::size_t radix, const Factor* circle, const Factor* turns, LaneRows from,
              Index step, LaneRows to, Index rest) {
  const std::size_t p = P == 0 ? radix : P, half = p / 2;
  constexpr std::size_t most = (P == 0 ? most_odd : P) / 2 + 1;
  Numbers<most> sums, differences;
  const auto get = [&](Index k, std::size_t j) {
    const ComplexLane z = from.get(k + static_cast<Index>(j) * step);
    return k == 0 ? z : z * turns[size_of(k) * (p - 1) + j - 1];
  };
  for (Index k = 0; k < rest; ++k) {
    const ComplexLane first = from.get(k);
    ComplexLane all = first;
    for (std::size_t j = 1; j <= half; ++j) {
      const ComplexLane a = get(k, j), b = get(k, p - j);
      sums[j] = a + b;
      differences[j] = a - b;
      all = all + sums[j];
    }
    to.set(k, all);
    for (std::size_t i = 1; i <= half; ++i) {
      ComplexLane level = first, turned;
      for (std::size_t j = 1; j <= half; ++j) {
        const Lane cosine(circle[i * j % p].re), sine(circle[i * j % p].im);
        level = {fma(sums[j].re, cosine, level.re), fma(sums[j].im, cosine, level.im)};
        turned = {turned.re - differences[j].im * sine, fma(differences[j].re, sine, turned.im)};
      }
      to.set(k + static_cast<Index>(i) * rest, level + turned);
      to.set(k + static_cast<Index>(p - i) * rest, level - turned);
    }
  }
}

// Of a power of two, one number after the other, in double.
std::vector<Complex> transformed(const std::vector<Complex>& x) {
  const std::size_t half = x.size() / 2;
  if (half == 0) return x;
  std::vector<Complex> even, odd, all(x.size());
  for (std::size_t j = 0; j < half; ++j) {
    even.push_back(x[2 * j]);
    odd.push_back(x[2 * j + 1]);
  }
  even = transformed(even);
  odd = transformed(odd);
  const std::vector<Complex> roots = roots_of_one(static_cast<Index>(x.size()));
  for (std::size_t k = 0; k < half; ++k) {
    const Complex turned = odd[k] * std::conj(roots[k]);
    all[k] = even[k] + turned;
    all[k + half] = even[k] - turned;
  }
  return all;
}

}  // namespace

std::vector<std::complex<double>> roots_of_one(Index n) {
  const auto root = [n](Index k) {
    return std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
  };
  constexpr Index step = 32;
  std::vector<Complex> near, roots;
  for (Index k = 0; k < std::min(step, n); ++k) near.push_back(root(k));
  for (Index far = 0; far < n; far += step) {
    const Complex start = root(far);
    for (Index k = 0; k < std::min(step, n - far); ++k) roots.push_back(start * near[size_of(k)]);
  }
  return roots;
}

LaneFourier::LaneFourier(Index n) : n_(n), inner_(n) {
  const bool slow = largest_factor(n) > static_cast<Index>(most_odd);
  if (slow) {
    for (inner_ = 1; inner_ < 2 * n - 1;) inner_ *= 2;
  }
  make_stages();
  if (slow) make_chirp();
}

void LaneFourier::make_stages() {
  const Index n = inner_;
  const std::vector<Complex> roots = roots_of_one(n);
  Index stride = 1;
  for (const Index p : radices_of(n)) {
    const Index rest = n / stride / p;
    Stage stage{p, rest, {}, {}};
    for (Index k = 0; k < rest; ++k) {
      for (Index j = 1; j < p; ++j) {
        stage.turns.emplace_back(std::conj(roots[size_of(j * k * stride)]));
      }
    }
    for (Index j = 0; j < p; ++j) stage.circle.emplace_back(std::conj(roots[size_of(n / p * j)]));
    stages_.push_back(std::move(stage));
    stride *= p;
  }
}

void LaneFourier::make_chirp() {
  const std::vector<Complex> roots = roots_of_one(2 * n_);
  std::vector<Complex> mirrored(size_of(inner_));
  for (Index j = 0; j < n_; ++j) {
    const Complex root = roots[size_of(j * j % (2 * n_))];
    chirp_.emplace_back(std::conj(root));
    mirrored[size_of(j)] = root / static_cast<double>(inner_);
    if (j > 0) mirrored[size_of(inner_ - j)] = mirrored[size_of(j)];
  }
  for (const Complex z : transformed(mirrored)) spectrum_.emplace_back(z);
}

void LaneFourier::join(const Stage& stage, LaneRows from, Index step, LaneRows to) {
  const Factor* turns = stage.turns.data();
  const Factor* circle = stage.circle.data();
  switch (stage.radix) {
    case 2: return join_even<2>(turns, from, step, to, stage.rest);
    case 4: return join_even<4>(turns, from, step, to, stage.rest);
    case 8: return join_even<8>(turns, from, step, to, stage.rest);
    case 3: return join_odd<3>(3, circle, turns, from, step, to, stage.rest);
    case 5: return join_odd<5>(5, circle, turns, from, step, to, stage.rest);
    default:
      return join_odd<0>(size_of(stage.radix), circle, turns, from, step, to, stage.rest);
  }
}

void LaneFourier::steps(std::size_t depth, LaneRows from, Index stride, LaneRows to) const {
  if (depth == stages_.size()) return to.set(0, from.get(0));
  const Stage& stage = stages_[depth];
  if (stage.rest == 1) return join(stage, from, stride, to);
  for (Index j = 0; j < stage.radix; ++j) {
    steps(depth + 1, from.from(j * stride), stride * stage.radix, to.from(j * stage.rest));
  }
  join(stage, to, stage.rest, to);
}

void LaneFourier::transform(LaneRows from, LaneRows to, Real* room) const {
  if (chirp_.empty()) return steps(0, from, 1, to);
  const LaneRows before(room), after(room + inner_ * LaneRows::width);
  for (Index j = 0; j < n_; ++j) before.set(j, from.get(j) * chirp_[size_of(j)]);
  for (Index j = n_; j < inner_; ++j) before.set(j, {});
  steps(0, before, 1, after);
  for (Index k = 0; k < inner_; ++k) before.set(k, after.get(k) * spectrum_[size_of(k)]);
  steps(0, before.exchanged(), 1, after.exchanged());
  for (Index k = 0; k < n_; ++k) to.set(k, after.get(k) * chirp_[size_of(k)]);
}

}  // namespace heed::inline HEED_REAL
