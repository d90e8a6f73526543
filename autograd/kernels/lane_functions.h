// exp, erf, the normal distribution and log over lanes; all but log are polynomials in float.
//
// The coefficients are fits of least relative error, made in double with weights moved to where the
// error is largest (Lawson 1961).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "autograd/kernels/lane.h"

namespace heed::inline HEED_REAL {

namespace detail {

// c[0] + c[1] x + c[2] x^2 + ...
template <std::size_t N>
Lane polynomial(const std::array<double, N>& c, Lane x) {
  Lane sum(c[N - 1]);
  for (std::size_t i = N - 1; i-- > 0;) sum = fma(sum, x, Lane(c[i]));
  return sum;
}

// e^x = 2^k (1 + rest), k whole and 1 + rest within a factor of root 2 from 1. Cody and Waite 1980,
// "Software manual for the elementary functions", chapter 6.
class PowerOfE {
 public:
  // In float; -100 < x < 100 or NaN.
  explicit PowerOfE(Lane x) {
    constexpr double log2_e = 1.4426950408889634;
    constexpr double log_2_head = 0.693359375, log_2_tail = -2.1219444005469058e-4;
    constexpr std::array q{4.999999335e-01, 1.666651913e-01, 4.166840572e-02, 8.368898669e-03,
                           1.381422187e-03};
    shifted_ = fma(x, Lane(log2_e), Lane(whole));
    const Lane k = shifted_ - Lane(whole);
    const Lane r = fma(k, Lane(-log_2_tail), fma(k, Lane(-log_2_head), x));
    rest_ = fma(r * r, polynomial(q, r), r);
  }
  Lane rest() const { return rest_; }
  // 2^k for k < 128, and 0 where it would be 2^-127.
  Lane scale() const { return power_of_2(shifted_); }
  // e^x for k < 128.
  Lane value_below_2_to_128() const { return fma(rest_, scale(), scale()); }
  // e^x. 2^128 is no number, but twice 2^127 (1 + rest) may be one.
  Lane value() const {
    const Lane within = at_most(whole + 127, shifted_);
    const Lane scale = power_of_2(within);
    const Lane y = fma(rest_, scale, scale);
    return fma(y, shifted_ - within, y);
  }

 private:
  using Bits [[gnu::vector_size(sizeof(Lane::Batch))]] = std::int32_t;
  // What is added to this number is rounded to a whole one, and stands in its last bits.
  static constexpr double whole = 12582912.0;  // 1.5 * 2^23
  // The shift leaves nothing but these.
  static Lane power_of_2(Lane shifted) {
    return std::bit_cast<Lane>((std::bit_cast<Bits>(shifted) + 127) << 23);
  }
  Lane shifted_;  // whole + k
  Lane rest_;
};

}  // namespace detail

// In float, results below 2^-126.5 are 0.
inline Lane exp(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) {
    return detail::PowerOfE(at_least(-88.0, at_most(89.0, a))).value();
  } else {
    // xsimd 8.1 overflows early, from 709.437 on, where the true limit is 709.783. The last steps
    // are taken in two halves.
    const LaneMask late = a > Lane(709.0);
    const Lane half = xsimd::exp(where(late, a * 0.5, a).batch());
    return where(late, half * half, half);
  }
}

// exp for a <= 88, in fewer steps: what softmax needs, whose exponents are 0 and below.
inline Lane exp_up_to_88(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) {
    return detail::PowerOfE(at_least(-88.0, a)).value_below_2_to_128();
  } else {
    return xsimd::exp(a.batch());
  }
}

// xsimd 8.1 overflows early here as well, and turns -0 into +0.
inline Lane expm1(Lane a) {
  const Lane near = where(a == Lane(0.0), a, xsimd::expm1(a.batch()));
  return where(a > Lane(1.0), exp(a) - Lane(1.0), near);
}

// In float: 1 - e^-(t q(t)) with t = |a|, 1 from t = 4 on. With e^x as 2^k (1 + rest) nothing
// cancels beside 0, where 1 - 2^k is 0.
inline Lane erf(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) {
    constexpr std::array q{1.128379207e+00, 6.366164970e-01, 1.028144089e-01,  -1.932171114e-02,
                           2.057092744e-04, 1.251751487e-03, -3.810023598e-04, 4.070816183e-05};
    const Lane t = at_most(4.0, abs(a));
    const detail::PowerOfE power(-(t * detail::polynomial(q, t)));
    const Lane scale = power.scale();
    return with_sign_of(a, fma(-scale, power.rest(), Lane(1.0) - scale));
  } else {
    // xsimd 8.1 has NaN from 1e62 on, and the result is 1 from 6 on.
    return xsimd::erf(minimum(maximum(a, Lane(-10.0)), Lane(10.0)).batch());
  }
}

// The share of the normal distribution below a. In float the smaller of both sides is
// e^(-a^2 / 2) s q(u) with s = 1 / (1 + .47 |a|) and u = |a| s: exact in relative terms as far out
// as there are numbers, where 1 + erf has lost every digit. Whoever takes the density as well has
// the same exponential.
inline Lane normal_cdf(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) {
    constexpr std::array q{5.000000000e-01,  -1.639422870e-01, -1.454023857e-02,
                           6.912451866e-03,  3.068560995e-03,  -7.181630174e-04,
                           8.183559956e-04,  -6.012714836e-04, 1.113829218e-04};
    const Lane t = at_most(14.0, abs(a));  // there the exponential is 0
    const Lane s = Lane(1.0) / fma(t, Lane(0.47), Lane(1.0));
    const Lane tail = exp_up_to_88(a * a * -0.5) * (s * detail::polynomial(q, t * s));
    return where(a < Lane(0.0), tail, Lane(1.0) - tail);
  } else {
    return 0.5 * (1.0 + erf(a * 0.70710678118654752));  // 1 / sqrt(2)
  }
}

// In double xsimd 8.1 is wrong by up to 32 below the smallest normal number.
inline Lane log(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) return xsimd::log(a.batch());
  const LaneMask small = a < Lane(double{std::numeric_limits<Real>::min()});
  const Lane scaled = xsimd::log(where(small, a * 0x1p54, a).batch());
  return where(small, scaled - Lane(54 * 0.69314718055994531), scaled);
}

// Formulas that lanes and tensors share by name.
inline Lane square(Lane x) { return x * x; }
inline LaneMask eq(Lane a, Lane b) { return a == b; }
// Both branches stay below overflow: e^-|x| is at most 1.
inline Lane sigmoid(Lane x) {
  const Lane e = exp_up_to_88(-abs(x));
  return where(x < Lane(0.0), e, Lane(1.0)) / (Lane(1.0) + e);
}

}  // namespace heed::inline HEED_REAL
