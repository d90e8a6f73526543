// exp, erf and log over lanes; exp and erf are polynomials in float.
//
// The coefficients are fits of least relative error, made in double with weights moved to where the
// error is largest (Lawson 1961).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "autograd/ops/lane.h"

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
    const Lane whole(12582912.0);
    shifted_ = fma(x, Lane(log2_e), whole);
    const Lane k = shifted_ - whole;
    const Lane r = fma(k, Lane(-log_2_tail), fma(k, Lane(-log_2_head), x));
    rest_ = fma(r * r, polynomial(q, r), r);
  }
  Lane rest() const { return rest_; }
  // 2^(k + more), for results from 2^-126 to 2^127, and 0 where it would be 2^-127.
  Lane scale(std::int32_t more) const {
    return std::bit_cast<Lane>((std::bit_cast<Bits>(shifted_) + (127 + more)) << 23);
  }

 private:
  using Bits [[gnu::vector_size(sizeof(Lane::Batch))]] = std::int32_t;
  // k + 1.5 * 2^23: what is added to that number is rounded to a whole one, and stands in its last
  // bits. The shift in scale() leaves nothing but these.
  Lane shifted_;
  Lane rest_;
};

// Both keep a NaN of x. Which side xsimd's min and max keep depends on its version.
inline Lane at_most(double most, Lane x) { return where(x > Lane(most), Lane(most), x); }
inline Lane at_least(double least, Lane x) { return where(x < Lane(least), Lane(least), x); }

}  // namespace detail

// Results below the smallest normal number are 0 in float.
inline Lane exp(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) {
    constexpr double least = -87.336540;  // of results that are normal numbers
    const detail::PowerOfE power(detail::at_least(least, detail::at_most(89.0, a)));
    const Lane e = Lane(1.0) + power.rest();
    // 2^k alone does not reach 2^128, and 2^(k - 1) not 2^-127.
    const Lane y = where(a < Lane(-80.0), (e * 0x1p-24) * power.scale(24),
                         (e + e) * power.scale(-1));
    return where(a < Lane(least), Lane(0.0), y);
  } else {
    // xsimd 8.1 overflows early, from 709.437 on, where the true limit is 709.783. The last steps
    // are taken in two halves.
    const LaneMask late = a > Lane(709.0);
    const Lane half = xsimd::exp(where(late, a * 0.5, a).batch());
    return where(late, half * half, half);
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
    const Lane t = detail::at_most(4.0, abs(a));
    const detail::PowerOfE power(-(t * detail::polynomial(q, t)));
    const Lane scale = power.scale(0);
    return with_sign_of(a, fma(-scale, power.rest(), Lane(1.0) - scale));
  } else {
    // xsimd 8.1 has NaN from 1e62 on, and the result is 1 from 6 on.
    return xsimd::erf(minimum(maximum(a, Lane(-10.0)), Lane(10.0)).batch());
  }
}

// In double xsimd 8.1 is wrong by up to 32 below the smallest normal number.
inline Lane log(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) return xsimd::log(a.batch());
  const LaneMask small = a < Lane(double{std::numeric_limits<Real>::min()});
  const Lane scaled = xsimd::log(where(small, a * 0x1p54, a).batch());
  return where(small, scaled - Lane(54 * 0.69314718055994531), scaled);
}

}  // namespace heed::inline HEED_REAL
