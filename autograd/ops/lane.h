// Lane: a few numbers that are worked on at once. The one place that knows xsimd and its versions.
//
// A thin type of our own, so that a formula such as `g * (1 - y * y)` finds our functions by its
// argument and means the same over lanes and over tensors.
#pragma once

// g++ 12 warns falsely about its own AVX-512 headers, wherever they are inlined.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <cmath>
#include <limits>
#include <xsimd/xsimd.hpp>

#include "autograd/real.h"

#ifdef __FAST_MATH__
#error "heed needs IEEE arithmetic: build without -ffast-math"
#endif

namespace heed::inline HEED_REAL {

class LaneMask {
 public:
  using Bits = xsimd::batch_bool<Real>;
  LaneMask(Bits bits) : bits_(bits) {}
  Bits bits() const { return bits_; }
  friend LaneMask operator&(LaneMask a, LaneMask b) { return a.bits_ & b.bits_; }
  friend LaneMask operator|(LaneMask a, LaneMask b) { return a.bits_ | b.bits_; }
  friend LaneMask operator!(LaneMask a) { return ~a.bits_; }

 private:
  Bits bits_;
};

class Lane {
 public:
  using Batch = xsimd::batch<Real>;
  static constexpr Index size = static_cast<Index>(Batch::size);

  Lane() : v_(Real{0}) {}
  Lane(double value) : v_(static_cast<Real>(value)) {}
  Lane(Batch batch) : v_(batch) {}
  static Lane load(const Real* from) { return Batch::load_unaligned(from); }
  // The first `count` numbers; the rest are zero.
  static Lane load_part(const Real* from, Index count) {
    alignas(64) Real part[static_cast<std::size_t>(size)] = {};
    for (Index i = 0; i < count; ++i) part[i] = from[i];
    return Batch::load_aligned(part);
  }
  void store(Real* to) const { v_.store_unaligned(to); }
  void store_part(Real* to, Index count) const {
    alignas(64) Real part[static_cast<std::size_t>(size)];
    v_.store_aligned(part);
    for (Index i = 0; i < count; ++i) to[i] = part[i];
  }
  Batch batch() const { return v_; }

  friend Lane operator+(Lane a, Lane b) { return a.v_ + b.v_; }
  friend Lane operator-(Lane a, Lane b) { return a.v_ - b.v_; }
  friend Lane operator*(Lane a, Lane b) { return a.v_ * b.v_; }
  friend Lane operator/(Lane a, Lane b) { return a.v_ / b.v_; }
  // xsimd 8.1 leaves +0 as it is here on AVX-512; flipping the sign bit is right everywhere.
  friend Lane operator-(Lane a) { return a.v_ ^ Batch(Real{-0.0}); }
  Lane& operator+=(Lane b) { return *this = *this + b; }

  friend LaneMask operator>(Lane a, Lane b) { return a.v_ > b.v_; }
  friend LaneMask operator<(Lane a, Lane b) { return a.v_ < b.v_; }
  friend LaneMask operator>=(Lane a, Lane b) { return a.v_ >= b.v_; }
  friend LaneMask operator<=(Lane a, Lane b) { return a.v_ <= b.v_; }
  friend LaneMask operator==(Lane a, Lane b) { return a.v_ == b.v_; }
  // xsimd 8.1 answers false when either side is NaN.
  friend LaneMask operator!=(Lane a, Lane b) { return !(a == b); }
  friend LaneMask isnan(Lane a) { return a != a; }

  friend Lane where(LaneMask condition, Lane a, Lane b) {
    return xsimd::select(condition.bits(), a.v_, b.v_);
  }
  // NaN in either gives NaN.
  friend Lane maximum(Lane a, Lane b) { return where(isnan(a) | (a > b), a, b); }
  friend Lane minimum(Lane a, Lane b) { return where(isnan(a) | (a < b), a, b); }

  friend Lane fma(Lane a, Lane b, Lane c) { return xsimd::fma(a.v_, b.v_, c.v_); }
  // Within 3 units in the last place of the true value; erf in double within 100.
  friend Lane exp(Lane a);
  friend Lane log(Lane a);
  friend Lane sqrt(Lane a) { return xsimd::sqrt(a.v_); }
  friend Lane abs(Lane a) { return xsimd::abs(a.v_); }
  friend Lane sin(Lane a) { return xsimd::sin(a.v_); }
  friend Lane cos(Lane a) { return xsimd::cos(a.v_); }
  friend Lane erf(Lane a);
  friend Lane tanh(Lane a) { return xsimd::tanh(a.v_); }
  // Exact in relative terms beside 0 as well, where exp(a) - 1 and log(1 + a) lose every digit.
  friend Lane expm1(Lane a);
  // xsimd 8.1 turns -0 into +0.
  friend Lane log1p(Lane a) { return where(a == Lane(0.0), a, xsimd::log1p(a.v_)); }
  // As the C library has it, number by number: negative bases, 0^0 and what else IEEE 754 lists.
  // A power through exp and log is faster, and wrong in the last digits of large results.
  friend Lane pow(Lane a, Lane b) {
    alignas(64) Real base[static_cast<std::size_t>(size)];
    alignas(64) Real exponent[static_cast<std::size_t>(size)];
    a.v_.store_aligned(base);
    b.v_.store_aligned(exponent);
    for (Index i = 0; i < size; ++i) base[i] = std::pow(base[i], exponent[i]);
    return Batch::load_aligned(base);
  }

  // Over the numbers of one lane, in a fixed order.
  friend Real sum_of(Lane a) {
    alignas(64) Real part[static_cast<std::size_t>(size)];
    a.v_.store_aligned(part);
    for (Index width = size / 2; width > 0; width /= 2) {
      for (Index i = 0; i < width; ++i) part[i] += part[i + width];
    }
    return part[0];
  }
  friend Real max_of(Lane a) {
    alignas(64) Real part[static_cast<std::size_t>(size)];
    a.v_.store_aligned(part);
    Real best = part[0];
    for (Index i = 1; i < size; ++i) best = part[i] > best || part[i] != part[i] ? part[i] : best;
    return best;
  }

 private:
  Batch v_;
};

// xsimd 8.1 overflows early: from 88.377 on in float and 709.437 in double, where the true limits
// are 88.722 and 709.783. The last steps are taken in two halves. Results below the smallest normal
// number are 0.
inline Lane exp(Lane a) {
  const LaneMask late = a > Lane(sizeof(Real) == sizeof(float) ? 88.0 : 709.0);
  const Lane half = xsimd::exp(where(late, a * 0.5, a).batch());
  return where(late, half * half, half);
}

// In double xsimd 8.1 is wrong by up to 32 below the smallest normal number.
inline Lane log(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) return xsimd::log(a.batch());
  const LaneMask small = a < Lane(double{std::numeric_limits<Real>::min()});
  const Lane scaled = xsimd::log(where(small, a * 0x1p54, a).batch());
  return where(small, scaled - Lane(54 * 0.69314718055994531), scaled);
}

// In double xsimd 8.1 has NaN from 1e62 on, and the result is 1 from 6 on.
inline Lane erf(Lane a) {
  if constexpr (sizeof(Real) == sizeof(float)) return xsimd::erf(a.batch());
  return xsimd::erf(minimum(maximum(a, Lane(-10.0)), Lane(10.0)).batch());
}

// xsimd 8.1 overflows early here as well, and turns -0 into +0.
inline Lane expm1(Lane a) {
  const Lane near = where(a == Lane(0.0), a, xsimd::expm1(a.batch()));
  return where(a > Lane(1.0), exp(a) - Lane(1.0), near);
}

}  // namespace heed::inline HEED_REAL
