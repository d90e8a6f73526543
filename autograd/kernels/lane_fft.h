// The Fourier transform of as many rows at once as a lane has numbers. Internal.
#pragma once

#include <algorithm>
#include <complex>
#include <vector>

#include "autograd/kernels/lane.h"

namespace heed::inline HEED_REAL {

// A number of every row.
struct ComplexLane {
  Lane re, im;
  friend ComplexLane operator+(ComplexLane a, ComplexLane b) { return {a.re + b.re, a.im + b.im}; }
  friend ComplexLane operator-(ComplexLane a, ComplexLane b) { return {a.re - b.re, a.im - b.im}; }
};
inline ComplexLane conj(ComplexLane a) { return {a.re, -a.im}; }

// The same number for every row.
struct Factor {
  Real re, im;
  Factor(std::complex<double> z)
      : re(static_cast<Real>(z.real())), im(static_cast<Real>(z.imag())) {}
};
inline ComplexLane operator*(ComplexLane a, Factor f) {
  const Lane re(f.re), im(f.im);
  return {a.re * re - a.im * im, fma(a.im, re, a.re * im)};
}

// Rows side by side in memory: a lane of real and a lane of imaginary parts, of one number after
// the other, `step` numbers apart. The parts have places of their own so that they can change them.
struct LaneRows {
  static constexpr Index width = 2 * Lane::size;  // of one number
  Real *re, *im;
  explicit LaneRows(Real* at) : re(at), im(at + Lane::size) {}
  LaneRows(Real* re_at, Real* im_at) : re(re_at), im(im_at) {}
  ComplexLane get(Index k) const {
    return {Lane::load(re + k * width), Lane::load(im + k * width)};
  }
  void set(Index k, ComplexLane z) const {
    z.re.store(re + k * width);
    z.im.store(im + k * width);
  }
  LaneRows from(Index k) const { return {re + k * width, im + k * width}; }
  LaneRows exchanged() const { return {im, re}; }
};

// e^{2 pi i k / n} for k = 0 ... n - 1. Within two roundings of double: products of a long and of
// a short step, which take less time than n sines and cosines.
std::vector<std::complex<double>> roots_of_one(Index n);

// One length. Shared by all threads.
//
// Decimation in time: a number of places p m is cut into p interleaved rows of m, each is
// transformed, and p numbers, one of each, make p of the result. Done one after the other down to
// the end, so that short rows stay in the nearest cache. A length whose largest prime factor is too
// large for that goes the way of Bluestein 1970: with j k = (j^2 + k^2 - (k - j)^2) / 2 and the
// chirp c_j = e^{-pi i j^2 / n}, the sum is X_k = c_k sum_j (x_j c_j) conj(c_{k - j}), a
// convolution, which transforms of a power of two make.
class LaneFourier {
 public:
  explicit LaneFourier(Index n);

  // How many Reals of other memory a transform takes.
  Index room() const { return chirp_.empty() ? 0 : 2 * inner_ * LaneRows::width; }
  // to[k] = sum_j from[j] e^{-2 pi i j k / n}. The inverse is the same between exchanged parts.
  // Where anything of a row of `from` is not finite, neither is any number of that row of `to`, in
  // one of its parts at least.
  void transform(LaneRows from, LaneRows to, Real* room) const;

 private:
  struct Stage {
    Index radix, rest;           // p and m
    std::vector<Factor> turns;   // e^{-2 pi i j k / (p m)} at k (p - 1) + j - 1
    std::vector<Factor> circle;  // e^{-2 pi i j / p}
  };

  void make_stages();
  void make_chirp();
  void steps(std::size_t depth, LaneRows from, Index stride, LaneRows to) const;
  static void join(const Stage& stage, LaneRows from, Index step, LaneRows to);

  Index n_, inner_;
  std::vector<Stage> stages_;
  std::vector<Factor> chirp_, spectrum_;  // of a length with a large prime factor only
};

}  // namespace heed::inline HEED_REAL
